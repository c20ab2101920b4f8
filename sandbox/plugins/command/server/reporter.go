package server

import (
	"context"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// reporter sends the lines of one operation one after another, so that they are shown in the order in
// which they came, and before the operation's result.
type reporter struct {
	server *Server
	urn    string
	lock   sync.Mutex
}

func (server *Server) reporter(request interface{ GetUrn() string }) *reporter {
	return &reporter{server: server, urn: request.GetUrn()}
}

func (reporter *reporter) Progress(line string) {
	reporter.send(&pulumirpc.LogRequest{
		Severity: pulumirpc.LogSeverity_INFO, Message: line, Ephemeral: true,
	})
}

func (reporter *reporter) Warn(message string) {
	reporter.send(&pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_WARNING, Message: message})
}

// A line that cannot be shown must not fail the command that printed it.
func (reporter *reporter) send(request *pulumirpc.LogRequest) {
	reporter.lock.Lock()
	defer reporter.lock.Unlock()
	reporter.server.lock.Lock()
	log := reporter.server.log
	reporter.server.lock.Unlock()
	if log == nil {
		return
	}
	request.Urn = reporter.urn
	_, _ = log.client.Log(context.Background(), request)
}

// Package remote runs commands and copies files on other computers, over SSH.
package remote

import (
	"context"
	"io"
	"net"
	"strconv"

	"golang.org/x/crypto/ssh"

	"sandbox/plugins/command/report"
	"sandbox/plugins/command/schema"
)

// withConnection uses the client of a host that is logged in to, through its proxy if it has one, and
// then closes it. With the context it is closed at once.
func withConnection(
	ctx context.Context, connection schema.Connection, reporter report.Reporter,
	use func(*ssh.Client) error,
) error {
	host, err := prepare(connection.Endpoint, "connection")
	if err != nil {
		return err
	}
	defer host.close()
	if connection.Proxy == nil {
		return host.with(ctx, "Dial", (&net.Dialer{}).DialContext, reporter, use)
	}
	proxy, err := prepare(*connection.Proxy, "connection.proxy")
	if err != nil {
		return err
	}
	defer proxy.close()
	return proxy.with(ctx, "Dial proxy", (&net.Dialer{}).DialContext, reporter,
		func(client *ssh.Client) error {
			return host.with(ctx, "Dial from proxy", client.DialContext, reporter, use)
		})
}

// A host whose keys are read and whose agent answers.
type host struct {
	endpoint schema.Endpoint
	config   *ssh.ClientConfig
	agent    io.Closer
}

func prepare(endpoint schema.Endpoint, property string) (host, error) {
	config := &ssh.ClientConfig{User: endpoint.User, HostKeyCallback: ssh.InsecureIgnoreHostKey()}
	prepared := host{endpoint: endpoint, config: config}
	if endpoint.HostKey != nil {
		err := pinHostKey(config, *endpoint.HostKey, property+".hostKey", prepared.name())
		if err != nil {
			return prepared, err
		}
	}
	methods, agent, err := authenticationMethods(endpoint, property)
	config.Auth, prepared.agent = methods, agent
	return prepared, err
}

func (host host) close() {
	if host.agent != nil {
		_ = host.agent.Close()
	}
}

func (host host) address() string {
	return net.JoinHostPort(host.endpoint.Host, strconv.Itoa(host.endpoint.Port))
}

func (host host) name() string { return host.endpoint.User + "@" + host.address() }

func (host host) with(
	ctx context.Context, what string, open opener, reporter report.Reporter,
	use func(*ssh.Client) error,
) error {
	client, err := dialWithRetry(ctx, what+" "+host.name(), host.endpoint.DialErrorLimit, reporter,
		func(ctx context.Context) (*ssh.Client, error) { return host.dial(ctx, open) })
	if err != nil {
		return err
	}
	defer client.Close()
	stop := context.AfterFunc(ctx, func() { _ = client.Close() })
	defer stop()
	return use(client)
}

package server

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"
)

// engineLog is the engine's log, at its address.
type engineLog struct {
	address string
	client  pulumirpc.EngineClient
}

// Connect opens the engine's log. The engine may tell its address twice, as an argument and later.
func (server *Server) Connect(address string) error {
	server.lock.Lock()
	defer server.lock.Unlock()
	if server.log != nil && server.log.address == address {
		return nil
	}
	connection, err := grpc.NewClient("passthrough:///"+address,
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	server.log = &engineLog{address, pulumirpc.NewEngineClient(connection)}
	go watch(connection, server.engineLost)
	return nil
}

// A connection that was idle for long is closed and opened again; only a failure to is a loss.
func watch(connection *grpc.ClientConn, lost func()) {
	wasThere := false
	for {
		connection.Connect()
		state := connection.GetState()
		wasThere = wasThere || state == connectivity.Ready
		if wasThere && state == connectivity.TransientFailure {
			lost()
			return
		}
		if !connection.WaitForStateChange(context.Background(), state) {
			return
		}
	}
}

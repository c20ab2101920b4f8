// Package server serves the plugin to one engine, over gRPC.
package server

import (
	"context"
	"errors"
	"math"
	"net"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

var errCancelled = errors.New("cancelled")

// Server is that of one plugin's process.
type Server struct {
	pulumirpc.UnimplementedResourceProviderServer

	lock sync.Mutex
	log  *engineLog

	// Done when the deployment is cancelled.
	cancelled  context.Context
	cancel     context.CancelCauseFunc
	engineLost func()
	rpc        *grpc.Server
}

// New calls engineLost when the engine was there and is gone: nobody else then ends this process.
func New(engineLost func()) *Server {
	cancelled, cancel := context.WithCancelCause(context.Background())
	server := &Server{
		cancelled: cancelled, cancel: cancel, engineLost: engineLost,
		rpc: grpc.NewServer(grpc.MaxRecvMsgSize(math.MaxInt32)),
	}
	pulumirpc.RegisterResourceProviderServer(server.rpc, server)
	return server
}

// Listen gives the port, on which it serves from then on.
func (server *Server) Listen() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	go func() { _ = server.rpc.Serve(listener) }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// Stop ends the commands that run, and waits for their end and their answers.
func (server *Server) Stop() {
	server.cancel(errCancelled)
	server.rpc.GracefulStop()
}

// Cancel is the engine's word that the user wants no more.
func (server *Server) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	server.cancel(errCancelled)
	return &emptypb.Empty{}, nil
}

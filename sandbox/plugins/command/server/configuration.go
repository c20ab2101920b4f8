package server

import (
	"context"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"

	"sandbox/plugins/command/provider"
)

const version = "1.2.1"

// Handshake comes first.
func (server *Server) Handshake(
	_ context.Context, request *pulumirpc.ProviderHandshakeRequest,
) (*pulumirpc.ProviderHandshakeResponse, error) {
	return &pulumirpc.ProviderHandshakeResponse{AcceptSecrets: true},
		server.Connect(request.GetEngineAddress())
}

// Attach comes instead where the plugin runs before the engine.
func (server *Server) Attach(
	_ context.Context, request *pulumirpc.PluginAttach,
) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, server.Connect(request.GetAddress())
}

// GetPluginInfo says which plugin it stands in for.
func (*Server) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version}, nil
}

// GetSchema tells the name; programs in TypeScript need no more of it.
func (*Server) GetSchema(
	context.Context, *pulumirpc.GetSchemaRequest,
) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{
		Schema: fmt.Sprintf(`{"name":"command","version":%q}`, version),
	}, nil
}

// CheckConfig refuses all but the engine's own.
func (*Server) CheckConfig(
	_ context.Context, request *pulumirpc.CheckRequest,
) (*pulumirpc.CheckResponse, error) {
	failures := provider.CheckConfiguration(request.GetNews().AsMap())
	return &pulumirpc.CheckResponse{Inputs: request.GetNews(), Failures: toFailures(failures)}, nil
}

// DiffConfig never finds anything.
func (*Server) DiffConfig(
	context.Context, *pulumirpc.DiffRequest,
) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

// Configure has nothing to do.
func (*Server) Configure(
	context.Context, *pulumirpc.ConfigureRequest,
) (*pulumirpc.ConfigureResponse, error) {
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true}, nil
}

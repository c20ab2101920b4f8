package server

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"

	"sandbox/plugins/command/provider"
	"sandbox/plugins/command/schema"
)

// Check completes the inputs, and refuses faulty ones.
func (*Server) Check(
	_ context.Context, request *pulumirpc.CheckRequest,
) (*pulumirpc.CheckResponse, error) {
	resource, err := parseURN(request.GetUrn())
	if err != nil {
		return nil, err
	}
	checked, failures := schema.Check(resource.Token, request.GetNews().AsMap())
	inputs, err := toStruct(checked)
	return &pulumirpc.CheckResponse{Inputs: inputs, Failures: toFailures(failures)}, err
}

// Diff tells what an update would change, and whether it takes a new resource.
func (*Server) Diff(
	_ context.Context, request *pulumirpc.DiffRequest,
) (*pulumirpc.DiffResponse, error) {
	resource, err := parseURN(request.GetUrn())
	if err != nil {
		return nil, err
	}
	olds := request.GetOldInputs()
	if olds == nil {
		olds = request.GetOlds()
	}
	return toDiffResponse(schema.Diff(resource.Token, olds.AsMap(), request.GetNews().AsMap())), nil
}

// Create runs what creates the resource.
func (server *Server) Create(
	_ context.Context, request *pulumirpc.CreateRequest,
) (*pulumirpc.CreateResponse, error) {
	resource, err := parseURN(request.GetUrn())
	if err != nil {
		return nil, err
	}
	inputs := request.GetProperties().AsMap()
	if request.GetPreview() {
		outputs, err := toStruct(provider.Preview(resource, inputs))
		return &pulumirpc.CreateResponse{Properties: outputs}, err
	}
	id, created, err := provider.Create(server.cancelled, resource, inputs, server.reporter(request))
	if err != nil {
		return nil, err
	}
	outputs, err := toStruct(created)
	return &pulumirpc.CreateResponse{Id: id, Properties: outputs}, err
}

// Read has nothing to look at: what a command did is known only to the command.
func (*Server) Read(
	_ context.Context, request *pulumirpc.ReadRequest,
) (*pulumirpc.ReadResponse, error) {
	return &pulumirpc.ReadResponse{
		Id: request.GetId(), Properties: request.GetProperties(), Inputs: request.GetInputs(),
	}, nil
}

// Update runs what updates the resource.
func (server *Server) Update(
	_ context.Context, request *pulumirpc.UpdateRequest,
) (*pulumirpc.UpdateResponse, error) {
	resource, err := parseURN(request.GetUrn())
	if err != nil {
		return nil, err
	}
	inputs := request.GetNews().AsMap()
	if request.GetPreview() {
		outputs, err := toStruct(provider.Preview(resource, inputs))
		return &pulumirpc.UpdateResponse{Properties: outputs}, err
	}
	updated, err := provider.Update(
		server.cancelled, resource, request.GetOlds().AsMap(), inputs, server.reporter(request))
	if err != nil {
		return nil, err
	}
	outputs, err := toStruct(updated)
	return &pulumirpc.UpdateResponse{Properties: outputs}, err
}

// Delete runs what deletes the resource.
func (server *Server) Delete(
	_ context.Context, request *pulumirpc.DeleteRequest,
) (*emptypb.Empty, error) {
	resource, err := parseURN(request.GetUrn())
	if err != nil {
		return nil, err
	}
	state := request.GetProperties().AsMap()
	err = provider.Delete(server.cancelled, resource, state, server.reporter(request))
	return &emptypb.Empty{}, err
}

// Invoke runs a function.
func (server *Server) Invoke(
	_ context.Context, request *pulumirpc.InvokeRequest,
) (*pulumirpc.InvokeResponse, error) {
	args := request.GetArgs().AsMap()
	result, failures, err := provider.Invoke(
		server.cancelled, request.GetTok(), args, &reporter{server: server})
	if err != nil {
		return nil, err
	}
	returned, err := toStruct(result)
	return &pulumirpc.InvokeResponse{Return: returned, Failures: toFailures(failures)}, err
}

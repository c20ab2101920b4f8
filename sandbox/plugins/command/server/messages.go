package server

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"

	"sandbox/plugins/command/provider"
	"sandbox/plugins/command/schema"
	"sandbox/plugins/command/values"
)

// A URN is `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`.
func parseURN(urn string) (provider.Resource, error) {
	parts := strings.SplitN(urn, "::", 4)
	if len(parts) < 4 {
		return provider.Resource{}, fmt.Errorf("%q is no URN", urn)
	}
	token := parts[2][strings.LastIndex(parts[2], "$")+1:]
	return provider.Resource{Token: token, Name: parts[3]}, schema.RequireResource(token)
}

func toStruct(properties values.Properties) (*structpb.Struct, error) {
	return structpb.NewStruct(properties)
}

func toFailures(failures []schema.Failure) []*pulumirpc.CheckFailure {
	var messages []*pulumirpc.CheckFailure
	for _, failure := range failures {
		messages = append(messages, &pulumirpc.CheckFailure{
			Property: failure.Property, Reason: failure.Reason,
		})
	}
	return messages
}

var kinds = map[schema.Difference]pulumirpc.PropertyDiff_Kind{
	{Kind: values.Add}:                    pulumirpc.PropertyDiff_ADD,
	{Kind: values.Delete}:                 pulumirpc.PropertyDiff_DELETE,
	{Kind: values.Update}:                 pulumirpc.PropertyDiff_UPDATE,
	{Kind: values.Add, Replaces: true}:    pulumirpc.PropertyDiff_ADD_REPLACE,
	{Kind: values.Delete, Replaces: true}: pulumirpc.PropertyDiff_DELETE_REPLACE,
	{Kind: values.Update, Replaces: true}: pulumirpc.PropertyDiff_UPDATE_REPLACE,
}

func toDiffResponse(differences map[string]schema.Difference) *pulumirpc.DiffResponse {
	response := &pulumirpc.DiffResponse{
		Changes:         pulumirpc.DiffResponse_DIFF_NONE,
		HasDetailedDiff: true,
		DetailedDiff:    map[string]*pulumirpc.PropertyDiff{},
		Diffs:           slices.Sorted(maps.Keys(differences)),
	}
	for _, path := range response.Diffs {
		difference := differences[path]
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		response.DetailedDiff[path] = &pulumirpc.PropertyDiff{Kind: kinds[difference]}
		if difference.Replaces {
			response.Replaces = append(response.Replaces, path)
		}
	}
	return response
}

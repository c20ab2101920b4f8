package provider

import (
	"context"

	"sandbox/plugins/command/output"
	"sandbox/plugins/command/remote"
	"sandbox/plugins/command/report"
	"sandbox/plugins/command/schema"
	"sandbox/plugins/command/values"
)

func (resource Resource) create(
	ctx context.Context, inputs schema.Inputs, reporter report.Reporter,
) (values.Properties, error) {
	switch resource.Token {
	case schema.CopyFile:
		return nil, remote.CopyFile(ctx, inputs, reporter)
	case schema.CopyToRemote:
		return nil, remote.CopyTo(ctx, inputs, reporter)
	}
	return resource.run(ctx, inputs.Create, inputs, output.Results{}, reporter)
}

func (resource Resource) update(
	ctx context.Context, inputs, old schema.Inputs, previous output.Results, reporter report.Reporter,
) (values.Properties, error) {
	switch resource.Token {
	case schema.CopyFile:
		return nil, remote.CopyFile(ctx, inputs, reporter)
	case schema.CopyToRemote:
		if inputs.Source.Hash == old.Source.Hash && inputs.RemotePath == old.RemotePath {
			return nil, nil
		}
		return nil, remote.CopyTo(ctx, inputs, reporter)
	}
	command := inputs.Update
	if command == nil {
		command = inputs.Create
	}
	return resource.run(ctx, command, inputs, previous, reporter)
}

// What was copied stays.
func (resource Resource) delete(
	ctx context.Context, inputs schema.Inputs, previous output.Results, reporter report.Reporter,
) error {
	if !resource.isCommand() {
		return nil
	}
	_, err := resource.run(ctx, inputs.Delete, inputs, previous, reporter)
	return err
}

func (resource Resource) unknownResults(inputs values.Properties) []string {
	if !resource.isCommand() {
		return nil
	}
	names := []string{"stdout", "stderr"}
	if inputs["assetPaths"] != nil {
		names = append(names, "assets")
	}
	if inputs["archivePaths"] != nil {
		names = append(names, "archive")
	}
	return names
}

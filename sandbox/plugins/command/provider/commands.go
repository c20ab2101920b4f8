package provider

import (
	"context"

	"sandbox/plugins/command/local"
	"sandbox/plugins/command/output"
	"sandbox/plugins/command/remote"
	"sandbox/plugins/command/report"
	"sandbox/plugins/command/schema"
	"sandbox/plugins/command/values"
)

func (resource Resource) isCommand() bool {
	return resource.Token == schema.LocalCommand || resource.Token == schema.RemoteCommand
}

// run does nothing where there is no command: the outputs are those of the one before it.
func (resource Resource) run(
	ctx context.Context, command *string, inputs schema.Inputs, previous output.Results,
	reporter report.Reporter,
) (values.Properties, error) {
	if command == nil {
		return commandOutputs(previous), nil
	}
	run := remote.Run
	if resource.Token == schema.LocalCommand {
		run = local.Run
	}
	results, err := run(ctx, *command, inputs, previous, reporter)
	return commandOutputs(results), err
}

func commandOutputs(results output.Results) values.Properties {
	outputs := values.Properties{"stdout": results.Stdout, "stderr": results.Stderr}
	if results.Assets != nil {
		outputs["assets"] = results.Assets
	}
	if results.Archive != nil {
		outputs["archive"] = results.Archive
	}
	return outputs
}

// readResults gives the results in a state: its outputs, less the inputs.
func readResults(state values.Properties) output.Results {
	held := values.RevealAll(state)
	var results output.Results
	results.Stdout, _ = held["stdout"].(string)
	results.Stderr, _ = held["stderr"].(string)
	results.Assets, _ = held["assets"].(values.Properties)
	results.Archive, _ = held["archive"].(values.Properties)
	return results
}

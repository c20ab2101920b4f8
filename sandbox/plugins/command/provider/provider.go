// Package provider has what each resource and function of the plugin does.
package provider

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"

	"sandbox/plugins/command/local"
	"sandbox/plugins/command/output"
	"sandbox/plugins/command/report"
	"sandbox/plugins/command/schema"
	"sandbox/plugins/command/values"
)

// Resource is what there is of one in the program: its type and its name.
type Resource struct{ Token, Name string }

// CheckConfiguration finds that the provider has none of its own; the engine adds the plugin's.
func CheckConfiguration(news values.Properties) []schema.Failure {
	var failures []schema.Failure
	for name := range news {
		if name != "version" && name != "pluginDownloadURL" {
			failures = append(failures, schema.Failure{
				Property: name,
				Reason:   name + " is not a property of the command provider, which has none",
			})
		}
	}
	return failures
}

// Preview gives the outputs of a create or update as far as they are known before it.
func Preview(resource Resource, inputs values.Properties) values.Properties {
	outputs := maps.Clone(inputs)
	for _, name := range resource.unknownResults(inputs) {
		outputs[name] = values.Unknown
	}
	return outputs
}

// Create gives the ID and the outputs.
func Create(
	ctx context.Context, resource Resource, inputs values.Properties, reporter report.Reporter,
) (string, values.Properties, error) {
	read, err := schema.Read(resource.Token, inputs)
	if err != nil {
		return "", nil, withoutSecrets(err, inputs)
	}
	results, err := resource.create(ctx, read, reporter)
	if err != nil {
		return "", nil, withoutSecrets(err, inputs)
	}
	random := make([]byte, 4)
	_, _ = rand.Read(random)
	id := hex.EncodeToString(random)
	if strings.HasSuffix(resource.Token, ":Command") {
		id = resource.Name + id
	}
	return id, with(inputs, results), nil
}

// Update gives the outputs.
func Update(
	ctx context.Context, resource Resource, state, inputs values.Properties, reporter report.Reporter,
) (values.Properties, error) {
	old, err := schema.Read(resource.Token, state)
	if err != nil {
		return nil, withoutSecrets(err, state)
	}
	read, err := schema.Read(resource.Token, inputs)
	if err != nil {
		return nil, withoutSecrets(err, inputs)
	}
	results, err := resource.update(ctx, read, old, readResults(state), reporter)
	if err != nil {
		return nil, withoutSecrets(err, inputs)
	}
	return with(inputs, results), nil
}

// Delete uses the inputs that the state holds.
func Delete(
	ctx context.Context, resource Resource, state values.Properties, reporter report.Reporter,
) error {
	inputs, err := schema.Read(resource.Token, state)
	if err != nil {
		return withoutSecrets(err, state)
	}
	return withoutSecrets(resource.delete(ctx, inputs, readResults(state), reporter), state)
}

// Invoke runs the one function that there is, at preview too.
func Invoke(
	ctx context.Context, token string, args values.Properties, reporter report.Reporter,
) (values.Properties, []schema.Failure, error) {
	if token != schema.Run {
		return nil, nil, fmt.Errorf("unknown function %s; there is %s", token, schema.Run)
	}
	checked, failures := schema.Check(token, args)
	if len(failures) > 0 {
		return checked, failures, nil
	}
	inputs, err := schema.Read(token, checked)
	if err != nil {
		return nil, nil, withoutSecrets(err, args)
	}
	results, err := local.Run(ctx, inputs.Command, inputs, output.Results{}, reporter)
	if err != nil {
		return nil, nil, withoutSecrets(err, args)
	}
	return with(checked, commandOutputs(results)), nil, nil
}

func with(inputs, results values.Properties) values.Properties {
	outputs := maps.Clone(inputs)
	maps.Copy(outputs, results)
	return outputs
}

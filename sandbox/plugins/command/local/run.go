// Package local runs commands on this computer.
package local

import (
	"context"
	"os"
	"os/exec"
	"strings"

	"sandbox/plugins/command/output"
	"sandbox/plugins/command/report"
	"sandbox/plugins/command/schema"
)

// Run runs a command, and gathers what it printed and the files that it left.
func Run(
	ctx context.Context, command string, inputs schema.Inputs, previous output.Results,
	reporter report.Reporter,
) (output.Results, error) {
	printed := output.New(inputs.Logging, reporter)
	process := prepare(command, inputs, previous)
	err := runGroup(ctx, process, printed)
	results := previous
	results.Stdout, results.Stderr = printed.Stdout.End(), printed.Stderr.End()
	if err := printed.Error(ctx, err, command); err != nil {
		return results, err
	}
	return results, collect(&results, inputs)
}

func prepare(command string, inputs schema.Inputs, previous output.Results) *exec.Cmd {
	words := inputs.Interpreter
	if len(words) == 0 {
		words = []string{"/bin/sh", "-c"}
	}
	process := exec.Command(words[0], append(words[1:len(words):len(words)], command)...)
	process.Dir = inputs.Dir
	if inputs.Stdin != "" {
		process.Stdin = strings.NewReader(inputs.Stdin)
	}
	process.Env = os.Environ()
	for name, value := range inputs.Environment {
		process.Env = append(process.Env, name+"="+value)
	}
	for _, variable := range previous.Variables(inputs.AddPreviousOutputInEnv) {
		process.Env = append(process.Env, variable.Name+"="+variable.Value)
	}
	return process
}

func collect(results *output.Results, inputs schema.Inputs) error {
	var err error
	if inputs.AssetPaths != nil {
		results.Assets, err = collectAssets(inputs.Dir, inputs.AssetPaths)
	}
	if err == nil && inputs.ArchivePaths != nil {
		results.Archive, err = collectArchive(inputs.Dir, inputs.ArchivePaths)
	}
	return err
}

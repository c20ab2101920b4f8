package remote

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"

	"sandbox/plugins/command/output"
	"sandbox/plugins/command/report"
	"sandbox/plugins/command/schema"
)

// Run runs a command in the login shell of the host, and gathers what it printed.
func Run(
	ctx context.Context, command string, inputs schema.Inputs, previous output.Results,
	reporter report.Reporter,
) (results output.Results, err error) {
	err = withConnection(ctx, inputs.Connection, reporter, func(client *ssh.Client) error {
		session, err := client.NewSession()
		if err != nil {
			return err
		}
		defer session.Close()
		if err := setVariables(session, inputs, previous, reporter); err != nil {
			return err
		}
		results, err = runInSession(ctx, session, command, inputs, reporter)
		return err
	})
	return results, err
}

func setVariables(
	session *ssh.Session, inputs schema.Inputs, previous output.Results, reporter report.Reporter,
) error {
	for name, value := range inputs.Environment {
		if err := session.Setenv(name, value); err != nil {
			return refusedVariable(name)
		}
	}
	for _, variable := range previous.Variables(inputs.AddPreviousOutputInEnv) {
		if err := session.Setenv(variable.Name, variable.Value); err != nil {
			reporter.Warn(refusedVariable(variable.Name).Error())
		}
	}
	return nil
}

func refusedVariable(name string) error {
	return fmt.Errorf("could not set environment variable %q: the SSH server takes only the variables "+
		"that its AcceptEnv names. Add it there; or, where a shell runs the command, write "+
		"'VAR=value command'.", name)
}

func runInSession(
	ctx context.Context, session *ssh.Session, command string, inputs schema.Inputs,
	reporter report.Reporter,
) (output.Results, error) {
	printed := output.New(inputs.Logging, reporter)
	session.Stdin = strings.NewReader(inputs.Stdin)
	session.Stdout, session.Stderr = printed.Stdout, printed.Stderr
	err := session.Run(command)
	results := output.Results{Stdout: printed.Stdout.End(), Stderr: printed.Stderr.End()}
	return results, printed.Error(ctx, err, command)
}

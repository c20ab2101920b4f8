package output

// Results are what a command gives: the outputs of its resource, less the inputs.
type Results struct {
	Stdout, Stderr string
	// The files that it left, where they were asked for.
	Assets, Archive map[string]any
}

// Variable of an environment.
type Variable struct{ Name, Value string }

// Variables are those through which a command sees what the one before it printed.
func (previous Results) Variables(isWanted bool) []Variable {
	var variables []Variable
	if isWanted && previous.Stdout != "" {
		variables = append(variables, Variable{"PULUMI_COMMAND_STDOUT", previous.Stdout})
	}
	if isWanted && previous.Stderr != "" {
		variables = append(variables, Variable{"PULUMI_COMMAND_STDERR", previous.Stderr})
	}
	return variables
}

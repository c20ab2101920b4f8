package schema

import (
	"strings"

	"sandbox/plugins/command/values"
)

// Difference is what happened to a property, and whether it asks for a new resource.
type Difference struct {
	Kind     values.Kind
	Replaces bool
}

// Diff is what differs between the inputs that the state holds and the new ones, by path.
func Diff(token string, state, news values.Properties) map[string]Difference {
	olds := values.Properties{}
	for name, value := range state {
		if Of(token).Has(name) {
			olds[name] = value
		}
	}
	differences := map[string]Difference{}
	for path, kind := range values.Diff(olds, news) {
		differences[path] = Difference{kind, replaces(token, path)}
	}
	return differences
}

// Only CopyFile has no update; elsewhere a new trigger asks for a new resource.
func replaces(token, path string) bool {
	return token == CopyFile || path == "triggers" || strings.HasPrefix(path, "triggers[")
}

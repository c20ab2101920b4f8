package values

import (
	"encoding/json"
	"regexp"
)

var plainName = regexp.MustCompile(`^[A-Za-z_$][\w$]*$`)

// Path is where a property is, as the engine writes it; the parent of an outermost one is empty.
func Path(parent, name string) string {
	if !plainName.MatchString(name) {
		quoted, _ := json.Marshal(name)
		return parent + "[" + string(quoted) + "]"
	}
	if parent == "" {
		return name
	}
	return parent + "." + name
}

package schema

import (
	"fmt"
	"slices"
	"strings"

	"sandbox/plugins/command/values"
)

// Failure says of one property what is wrong with it.
type Failure struct{ Property, Reason string }

type property struct {
	name string
	kind kind
	// What an absent one is; nil where it stays absent.
	fallback   any
	isRequired bool
}

// An object has these properties and no others.
type object []property

func (object) describe() string { return "an object" }

func (object object) check(path string, value any) []Failure {
	return object.checkAs(path, path, value)
}

// checkAs calls the whole object by another name than its path.
func (object object) checkAs(name, path string, value any) []Failure {
	held, isObject := value.(values.Properties)
	if !isObject {
		return wrongType(path, value, object)
	}
	var failures []Failure
	for _, property := range object {
		value, isThere := held[property.name]
		at := values.Path(path, property.name)
		if isThere && value != values.Unknown {
			failures = append(failures, property.kind.check(at, value)...)
		} else if !isThere && property.isRequired {
			failures = append(failures, missing(at, property.kind)...)
		}
	}
	return append(failures, object.strangers(name, path, held)...)
}

func missing(path string, wanted kind) []Failure {
	if _, isSource := wanted.(copySource); isSource {
		return wanted.check(path, nil)
	}
	return fault(path, "is missing; it must be "+wanted.describe())
}

func (object object) strangers(name, path string, held values.Properties) []Failure {
	var failures []Failure
	for _, key := range sortedKeys(held) {
		if !object.Has(key) {
			failures = append(failures, Failure{
				Property: values.Path(path, key),
				Reason: fmt.Sprintf("%s is not a property of %s, which has: %s", key, name,
					strings.Join(object.names(), ", ")),
			})
		}
	}
	return failures
}

// Has tells whether there is such a property.
func (object object) Has(name string) bool { return slices.Contains(object.names(), name) }

func (object object) names() []string {
	names := make([]string, len(object))
	for index, property := range object {
		names[index] = property.name
	}
	return names
}

// filled gives the properties with their defaults, and without those that are null.
func (object object) filled(given values.Properties) values.Properties {
	filled := values.WithoutNulls(given)
	for _, property := range object {
		current := filled[property.name]
		if current == nil && property.fallback != nil {
			filled[property.name] = property.fallback
		}
		inner, isObject := property.kind.(interface {
			filled(values.Properties) values.Properties
		})
		if held, isHeld := current.(values.Properties); isObject && isHeld {
			filled[property.name] = inner.filled(held)
		}
	}
	return filled
}

func sortedKeys(properties values.Properties) []string {
	keys := make([]string, 0, len(properties))
	for key := range properties {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

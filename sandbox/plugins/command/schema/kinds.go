package schema

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"sandbox/plugins/command/values"
)

// A kind is what a property can be. It never shows the value that it refuses: a connection is secret,
// and so may anything else be.
type kind interface {
	// article and noun, as in "must be a string".
	describe() string
	// check gives every fault of a value that is known.
	check(path string, value any) []Failure
}

type text struct{ mayBeEmpty bool }

func (text) describe() string { return "a string" }

func (kind text) check(path string, value any) []Failure {
	content, isText := value.(string)
	if !isText {
		return wrongType(path, value, kind)
	}
	if content == "" && !kind.mayBeEmpty {
		return fault(path, "is empty; it must be a string with something in it")
	}
	return nil
}

type boolean struct{}

func (boolean) describe() string { return "a boolean" }

func (kind boolean) check(path string, value any) []Failure {
	if _, isBoolean := value.(bool); !isBoolean {
		return wrongType(path, value, kind)
	}
	return nil
}

type integer struct{ from, to int }

func (integer) describe() string { return "a number" }

func (kind integer) check(path string, value any) []Failure {
	number, isNumber := value.(float64)
	switch {
	case !isNumber:
		return wrongType(path, value, kind)
	case number != math.Trunc(number):
		return fault(path, "is a number; it must be a whole number")
	case number < float64(kind.from):
		return fault(path, fmt.Sprintf("is too small; it must be at least %d", kind.from))
	case number > float64(kind.to):
		return fault(path, fmt.Sprintf("is too big; it must be at most %d", kind.to))
	}
	return nil
}

type oneOf []string

func (kind oneOf) describe() string { return "one of: " + strings.Join(kind, ", ") }

func (kind oneOf) check(path string, value any) []Failure {
	for _, word := range kind {
		if value == word {
			return nil
		}
	}
	return wrongType(path, value, kind)
}

// A list of what items are; of anything where that is nil.
type list struct{ items kind }

func (list) describe() string { return "an array" }

func (kind list) check(path string, value any) []Failure {
	items, isList := value.([]any)
	if !isList {
		return wrongType(path, value, kind)
	}
	var failures []Failure
	for index, item := range items {
		if kind.items != nil && item != values.Unknown {
			failures = append(failures, kind.items.check(fmt.Sprintf("%s[%d]", path, index), item)...)
		}
	}
	return failures
}

// Variables of an environment, by name.
type variables struct{}

var variableName = regexp.MustCompile(`^[^=\x00]+$`)

func (variables) describe() string { return "an object" }

func (kind variables) check(path string, value any) []Failure {
	byName, isObject := value.(values.Properties)
	if !isObject {
		return wrongType(path, value, kind)
	}
	var failures []Failure
	for name, content := range byName {
		at := values.Path(path, name)
		if !variableName.MatchString(name) {
			failures = append(failures, fault(at, "is not a name that an environment variable can have")...)
		} else if content != values.Unknown {
			failures = append(failures, text{mayBeEmpty: true}.check(at, content)...)
		}
	}
	return failures
}

// What CopyToRemote copies. Version 1.2.1 takes no other kind; later ones take remote and assembled
// ones too.
type copySource struct{}

func (copySource) describe() string { return "a FileAsset, a StringAsset or a FileArchive" }

func (kind copySource) check(path string, value any) []Failure {
	source, _ := value.(values.Properties)
	hasPath, hasText := source["path"] != nil, source["text"] != nil
	if (values.IsAsset(value) && (hasPath || hasText)) || (values.IsArchive(value) && hasPath) {
		return nil
	}
	return fault(path, "is not "+kind.describe())
}

func wrongType(path string, value any, wanted kind) []Failure {
	return fault(path, fmt.Sprintf("is %s; it must be %s", typeOf(value), wanted.describe()))
}

func fault(path, what string) []Failure {
	return []Failure{{Property: path, Reason: path + " " + what}}
}

func typeOf(value any) string {
	switch value.(type) {
	case nil:
		return "a null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case float64:
		return "a number"
	case []any:
		return "an array"
	}
	return "an object"
}

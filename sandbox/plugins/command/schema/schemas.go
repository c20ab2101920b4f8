// Package schema has the inputs of each resource and function of @pulumi/command 1.2.1.
package schema

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// The types of resources, and the one function.
const (
	LocalCommand  = "command:local:Command"
	RemoteCommand = "command:remote:Command"
	CopyFile      = "command:remote:CopyFile"
	CopyToRemote  = "command:remote:CopyToRemote"
	Run           = "command:local:run"
)

var resources = []string{LocalCommand, RemoteCommand, CopyFile, CopyToRemote}

// RequireResource refuses a type that there is not.
func RequireResource(token string) error {
	if slices.Contains(resources, token) {
		return nil
	}
	return fmt.Errorf("unknown resource type %s; there are: %s", token, strings.Join(resources, ", "))
}

// Of gives the inputs of a type, by its token.
func Of(token string) object { return schemas[token] }

var anyText = text{mayBeEmpty: true}

var endpoint = object{
	{name: "agentSocketPath", kind: anyText},
	{name: "dialErrorLimit", kind: integer{-1, math.MaxInt32}, fallback: 10.0},
	{name: "host", kind: text{}, isRequired: true},
	{name: "hostKey", kind: anyText},
	{name: "password", kind: anyText},
	{name: "perDialTimeout", kind: integer{0, math.MaxInt32}, fallback: 15.0},
	{name: "port", kind: integer{1, 65535}, fallback: 22.0},
	{name: "privateKey", kind: anyText},
	{name: "privateKeyPassword", kind: anyText},
	{name: "user", kind: text{}, fallback: "root"},
}

var connection = object{
	{name: "connection", kind: with(endpoint, object{{name: "proxy", kind: endpoint}}), isRequired: true},
}

var process = object{
	{name: "addPreviousOutputInEnv", kind: boolean{}, fallback: true},
	{name: "environment", kind: variables{}},
	{name: "logging", kind: oneOf{"stdout", "stderr", "stdoutAndStderr", "none"}},
	{name: "stdin", kind: anyText},
}

var localProcess = with(process, object{
	{name: "archivePaths", kind: list{anyText}},
	{name: "assetPaths", kind: list{anyText}},
	{name: "dir", kind: anyText},
	{name: "interpreter", kind: list{anyText}},
})

var lifecycle = object{
	{name: "create", kind: anyText},
	{name: "delete", kind: anyText},
	{name: "triggers", kind: list{}},
	{name: "update", kind: anyText},
}

var copying = with(connection, object{
	{name: "remotePath", kind: text{}, isRequired: true},
	{name: "triggers", kind: list{}},
})

var schemas = map[string]object{
	LocalCommand:  with(localProcess, lifecycle),
	Run:           with(localProcess, object{{name: "command", kind: anyText, isRequired: true}}),
	RemoteCommand: with(process, lifecycle, connection),
	CopyFile:      with(copying, object{{name: "localPath", kind: text{}, isRequired: true}}),
	CopyToRemote:  with(copying, object{{name: "source", kind: copySource{}, isRequired: true}}),
}

func with(parts ...object) object { return slices.Concat(parts...) }

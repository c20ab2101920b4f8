package schema

import (
	"encoding/json"
	"fmt"

	"sandbox/plugins/command/values"
)

// Inputs of any of the types; what a type does not have is empty.
type Inputs struct {
	Create       *string
	Update       *string
	Delete       *string
	Command      string
	Interpreter  []string
	Dir          string
	Environment  map[string]string
	Stdin        string
	Logging      string
	AssetPaths   []string
	ArchivePaths []string
	// Whether a command sees what the one before it printed.
	AddPreviousOutputInEnv bool

	Connection Connection
	LocalPath  string
	RemotePath string
	Source     Source
}

// Endpoint is a host, and how to get in.
type Endpoint struct {
	Host, User         string
	Port               int
	HostKey            *string
	Password           *string
	PrivateKey         *string
	PrivateKeyPassword *string
	AgentSocketPath    *string
	// How many dials may fail; -1 for any number.
	DialErrorLimit int
	// Seconds; 0 for any time.
	PerDialTimeout int
}

// Connection is an endpoint, behind a proxy if it has one.
type Connection struct {
	Endpoint
	Proxy *Endpoint
}

// Source is what is copied. Of what an old one holds the engine sends the hash alone.
type Source struct {
	Path *string
	Text string
	Hash string
}

// Read gives inputs that were checked, or the inputs among the outputs that a state holds, as the
// operations use them.
func Read(token string, properties values.Properties) (Inputs, error) {
	held := values.Properties{}
	for name, value := range values.RevealAll(properties) {
		if Of(token).Has(name) {
			held[name] = value
		}
	}
	// What triggers hold is for the engine alone, and may be of any type.
	delete(held, "triggers")
	var inputs Inputs
	encoded, err := json.Marshal(Of(token).filled(held))
	if err == nil {
		err = json.Unmarshal(encoded, &inputs)
	}
	if err != nil {
		return inputs, fmt.Errorf("the inputs of a %s cannot be read: %w", token, err)
	}
	return inputs, nil
}

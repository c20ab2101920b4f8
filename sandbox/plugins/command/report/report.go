// Package report tells the engine what an operation does.
package report

// Reporter shows lines beside a resource.
type Reporter interface {
	// Progress is gone once the next line is there.
	Progress(line string)
	Warn(message string)
}

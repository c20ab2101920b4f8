// Package output gathers what a command prints.
package output

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"

	"sandbox/plugins/command/report"
)

// Output is what a command prints: kept for the outputs, and shown line by line while it runs.
type Output struct {
	Stdout, Stderr *Stream

	lock sync.Mutex
	// Both streams, in the order in which their parts came.
	combined bytes.Buffer
}

// New shows the streams that logging names; both where it is empty.
func New(logging string, reporter report.Reporter) *Output {
	output := &Output{}
	show := func(stream string) func(string) {
		if logging == "" || logging == "stdoutAndStderr" || logging == stream {
			return reporter.Progress
		}
		return func(string) {}
	}
	output.Stdout = &Stream{output: output, show: show("stdout")}
	output.Stderr = &Stream{output: output, show: show("stderr")}
	return output
}

// Error is that of a command that failed, or was cancelled: why, which command, and all that it printed.
func (output *Output) Error(ctx context.Context, failure error, command string) error {
	reason := cmp.Or(context.Cause(ctx), failure)
	if reason == nil {
		return nil
	}
	output.lock.Lock()
	defer output.lock.Unlock()
	return fmt.Errorf("%w: running %q:\n%s", reason, command, valid(output.combined.String()))
}

// Stream is one of the two; one goroutine writes to it.
type Stream struct {
	output  *Output
	show    func(line string)
	all     bytes.Buffer
	partial []byte
}

// Write never fails.
func (stream *Stream) Write(chunk []byte) (int, error) {
	stream.output.lock.Lock()
	stream.output.combined.Write(chunk)
	stream.output.lock.Unlock()
	stream.all.Write(chunk)
	rest := chunk
	for {
		line, after, isWhole := bytes.Cut(rest, []byte("\n"))
		stream.partial = append(stream.partial, line...)
		if !isWhole {
			return len(chunk), nil
		}
		stream.showPartial()
		rest = after
	}
}

// End gives the whole text, less one trailing newline, and shows a last line that has none.
func (stream *Stream) End() string {
	if len(stream.partial) > 0 {
		stream.showPartial()
	}
	return valid(strings.TrimSuffix(stream.all.String(), "\n"))
}

func (stream *Stream) showPartial() {
	stream.show(valid(string(bytes.TrimSuffix(stream.partial, []byte("\r")))))
	stream.partial = nil
}

// The engine takes no other text.
func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

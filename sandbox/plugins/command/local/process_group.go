package local

import (
	"context"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"sandbox/plugins/command/output"
)

const (
	killAfter    = 2 * time.Second
	abandonAfter = time.Second
)

// runGroup runs the process to its end and that of its output. A shell's own children would go on
// after it, so that it is in a group of its own, which is ended with the context.
func runGroup(ctx context.Context, process *exec.Cmd, printed *output.Output) error {
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// With a group, the system blames the program for a folder that is not there.
	if process.Dir != "" {
		if _, err := os.Stat(process.Dir); err != nil {
			return err
		}
	}
	stdout, err := process.StdoutPipe()
	if err != nil {
		return err
	}
	stderr, err := process.StderrPipe()
	if err != nil {
		return err
	}
	if err := process.Start(); err != nil {
		return err
	}

	ended := make(chan struct{})
	go endWithContext(ctx, process.Process.Pid, ended, stdout, stderr)
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = io.Copy(printed.Stdout, stdout) })
	reading.Go(func() { _, _ = io.Copy(printed.Stderr, stderr) })
	reading.Wait()
	err = process.Wait()
	close(ended)
	return err
}

// A process that left the group may still hold the output, which is then no longer read.
func endWithContext(ctx context.Context, group int, ended <-chan struct{}, outputs ...io.Closer) {
	select {
	case <-ended:
		return
	case <-ctx.Done():
	}
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGTERM, killAfter}, {syscall.SIGKILL, abandonAfter}} {
		_ = syscall.Kill(-group, step.signal)
		select {
		case <-ended:
			return
		case <-time.After(step.wait):
		}
	}
	for _, output := range outputs {
		_ = output.Close()
	}
}

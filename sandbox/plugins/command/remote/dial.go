package remote

import (
	"context"
	"fmt"
	"net"
	"time"

	"golang.org/x/crypto/ssh"
)

type opener func(ctx context.Context, network, address string) (net.Conn, error)

// dial opens a connection and logs in. perDialTimeout is for both.
func (host host) dial(ctx context.Context, open opener) (*ssh.Client, error) {
	seconds := host.endpoint.PerDialTimeout
	if seconds > 0 {
		timed, cancel := context.WithTimeout(ctx, time.Duration(seconds)*time.Second)
		defer cancel()
		ctx = timed
	}
	client, err := host.logIn(ctx, open)
	if err != nil && context.Cause(ctx) == context.DeadlineExceeded {
		return nil, fmt.Errorf("the host did not let in within %d s", seconds)
	}
	return client, err
}

// logIn ends with the context, in whatever it waits for.
func (host host) logIn(ctx context.Context, open opener) (*ssh.Client, error) {
	transport, err := open(ctx, "tcp", host.address())
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = transport.Close() })
	connection, channels, requests, err := ssh.NewClientConn(transport, host.address(), host.config)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = transport.Close()
		return nil, err
	}
	return ssh.NewClient(connection, channels, requests), nil
}

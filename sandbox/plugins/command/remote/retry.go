package remote

import (
	"context"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/retry"
	"golang.org/x/crypto/ssh"

	"sandbox/plugins/command/report"
)

// dialWithRetry dials until one succeeds or more than limit have failed; -1 is no limit. It waits as the
// plugin does, by the same library.
func dialWithRetry(
	ctx context.Context, what string, limit int, reporter report.Reporter,
	dial func(context.Context) (*ssh.Client, error),
) (*ssh.Client, error) {
	var client *ssh.Client
	isOpen, _, err := retry.Until(ctx, retry.Acceptor{
		Accept: func(failed int, _ time.Duration) (bool, any, error) {
			dialled, err := dial(ctx)
			dials := failed + 1
			switch {
			case ctx.Err() != nil:
				return false, nil, context.Cause(ctx)
			case err == nil:
				client = dialled
				return true, nil, nil
			case limit != -1 && dials > limit:
				return false, nil, fmt.Errorf("%s failed after %d attempt%s: %w", what, dials, plural(dials), err)
			}
			reporter.Progress(fmt.Sprintf("%s %s failed: retrying (%v)", what, count(dials, limit), err))
			return false, nil, nil
		},
	})
	if err == nil && !isOpen {
		err = context.Cause(ctx)
	}
	return client, err
}

func plural(count int) string {
	if count == 1 {
		return ""
	}
	return "s"
}

func count(dials, limit int) string {
	if limit == -1 {
		return fmt.Sprintf("%d/inf", dials)
	}
	return fmt.Sprintf("%d/%d", dials, limit)
}

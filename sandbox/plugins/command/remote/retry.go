package remote

import (
	"context"
	"fmt"
	"time"

	"sandbox/plugins/command/report"
)

const (
	firstDelay   = 100 * time.Millisecond
	delayGrowth  = 1.5
	longestDelay = 5 * time.Second
)

// dialWithRetry dials until one succeeds or more than limit have failed; -1 is no limit. The waits
// between are those of the plugin:
// https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/util/retry
func dialWithRetry[T any](
	ctx context.Context, what string, limit int, reporter report.Reporter,
	dial func(context.Context) (T, error),
) (T, error) {
	wait := firstDelay
	for dials := 1; ; dials++ {
		dialled, err := dial(ctx)
		if ctx.Err() != nil {
			return dialled, errCancelled
		}
		if err == nil {
			return dialled, nil
		}
		if limit != -1 && dials > limit {
			return dialled, fmt.Errorf("%s failed after %d attempt%s: %w", what, dials, plural(dials), err)
		}
		reporter.Progress(fmt.Sprintf("%s %s failed: retrying (%v)", what, count(dials, limit), err))
		select {
		case <-ctx.Done():
			return dialled, errCancelled
		case <-time.After(wait):
		}
		wait = min(time.Duration(float64(wait)*delayGrowth), longestDelay)
	}
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

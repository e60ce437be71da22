package bench

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bridgelog/bridgelog/pkg/wait"
)

// operation is one measured act; worker and n number the worker and its act.
type operation func(ctx context.Context, worker, n int) error

// load lets workers run operations until the duration is over and returns the
// time of each and the time of all. The first error ends it. Operations begun
// within the first tenth are not counted: they warm caches and connections.
func load(ctx context.Context, workers int, duration time.Duration, op operation) ([]time.Duration, time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	begin := time.Now()
	warm, end := begin.Add(duration/10), begin.Add(duration)
	times := make([][]time.Duration, workers)
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				started := time.Now()
				if !started.Before(end) {
					return
				}
				if err := op(ctx, worker, n); err != nil {
					cancel(err)
					return
				}
				if started.After(warm) {
					times[worker] = append(times[worker], time.Since(started))
				}
			}
		})
	}
	group.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, 0, err
	}
	var all []time.Duration
	for _, t := range times {
		all = append(all, t...)
	}
	return all, time.Since(warm), nil
}

// paced starts operations at a steady rate for the duration and returns the time
// of each. An operation that is late does not delay the next ones.
func paced(ctx context.Context, perSecond int, duration time.Duration, op operation) ([]time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	total := int(float64(perSecond) * duration.Seconds())
	times := make([]time.Duration, total)
	interval := time.Second / time.Duration(perSecond)
	begin := time.Now()
	var next atomic.Int64
	var group sync.WaitGroup
	for worker := range min(64, perSecond) {
		group.Go(func() {
			for ctx.Err() == nil {
				n := int(next.Add(1)) - 1
				if n >= total {
					return
				}
				due := begin.Add(time.Duration(n) * interval)
				if wait.For(ctx, time.Until(due)) != nil {
					return
				}
				started := time.Now()
				if err := op(ctx, worker, n); err != nil {
					cancel(err)
					return
				}
				times[n] = time.Since(started)
			}
		})
	}
	group.Wait()
	return times, context.Cause(ctx)
}

package host

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// group runs the parts of one process. The first part that fails ends all of
// them; all have ended when wait returns.
type group struct {
	ctx    context.Context //nolint:containedctx // It is the life of the group itself.
	cancel context.CancelFunc
	parts  sync.WaitGroup

	mu       sync.Mutex
	problems []error
}

func newGroup(ctx context.Context) *group {
	ctx, cancel := context.WithCancel(ctx)
	return &group{ctx: ctx, cancel: cancel}
}

// run starts a part. A part that returns before the group's end, with or
// without an error, ends the group.
func (g *group) run(name string, part func(context.Context) error) {
	g.parts.Go(func() {
		defer g.cancel()
		if err := part(g.ctx); err != nil && !errors.Is(err, context.Canceled) {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.problems = append(g.problems, fmt.Errorf("%s: %w", name, err))
		}
	})
}

// stop ends the parts and returns what failed, without waiting for parts that
// take longer than ctx allows.
func (g *group) stop(ctx context.Context) error {
	g.cancel()
	ended := make(chan struct{})
	go func() { g.parts.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-ctx.Done():
		return errors.Join(g.failed(), errors.New("stop: some parts did not end in time"))
	}
	return g.failed()
}

func (g *group) failed() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return errors.Join(g.problems...)
}

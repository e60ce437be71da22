package rebuild

import (
	"context"
	"time"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/projection"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// Names of advisory locks. Whoever builds or removes versions holds the first;
// whoever writes the live one anew in place, which is soon done, holds both.
const (
	buildLock = "timeline: rebuild"
	eraseLock = "timeline: erasure"
)

// eraseLook is how often it is looked whether an erasure is over.
const eraseLook = 20 * time.Millisecond

// locked runs fn under the lock of rebuilds. It waits for an erasure in place; for
// another rebuild it does not, and returns [ErrRunning].
func (r *Rebuilder) locked(ctx context.Context, fn func(context.Context) error) error {
	release, err := r.hold(ctx, buildLock)
	for err == nil && release == nil {
		var over func()
		if over, err = r.hold(ctx, eraseLock); err != nil {
			break
		}
		if over != nil {
			over()
			return ErrRunning
		}
		if err = wait.For(ctx, eraseLook); err == nil {
			release, err = r.hold(ctx, buildLock)
		}
	}
	if err != nil {
		return postgres.Wrap("rebuild", err)
	}
	defer release()
	return fn(ctx)
}

// hold takes an advisory lock on a connection of its own and returns a function
// that gives both back; nil when somebody else holds it.
func (r *Rebuilder) hold(ctx context.Context, name string) (release func(), err error) {
	conn, err := r.Pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	key := projection.LockKey(name)
	var mine bool
	if err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", key).Scan(&mine); err != nil || !mine {
		conn.Release()
		return nil, err
	}
	return func() {
		if _, err := conn.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", key); err != nil {
			_ = conn.Conn().Close(context.WithoutCancel(ctx)) // gives the lock back too
		}
		conn.Release()
	}, nil
}

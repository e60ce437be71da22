package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

const (
	// attendLock is the first half of the keys of the advisory locks by which
	// processes attend; the second one is the number of the process.
	attendLock = 0x62726e77
	// attendLook is how often a process asks whether its session lives.
	attendLook = time.Second
	// absentFor is how long a process has to be missing before its leases end: a
	// process whose session was cut comes back within that time.
	absentFor = 2 * time.Second
)

// absences remembers since when processes are missing.
type absences struct {
	mu    sync.Mutex
	since map[int32]time.Time
}

// confirm notes who is missing now and returns those that have been for long.
func (a *absences) confirm(missing []int32, now time.Time) []int32 {
	a.mu.Lock()
	defer a.mu.Unlock()
	before := a.since
	a.since = make(map[int32]time.Time, len(missing))
	var dead []int32
	for _, process := range missing {
		first, known := before[process]
		if !known {
			first = now
		}
		a.since[process] = first
		if now.Sub(first) >= absentFor {
			dead = append(dead, process)
		}
	}
	return dead
}

// Attend lets the other processes know that this one lives, and so that its lanes
// do, until ctx ends. It returns the error that ended it, after which it is called
// again.
func (l *Ledger) Attend(ctx context.Context) error {
	conn, err := l.pool.Acquire(ctx)
	if err != nil {
		return postgres.Wrap("attend", err)
	}
	// The session ends with the attendance: nobody else may go on with its lock.
	session := conn.Hijack()
	defer session.Close(context.WithoutCancel(ctx)) //nolint:errcheck // Nothing is lost.
	if _, err := session.Exec(ctx, "select pg_advisory_lock($1::int, $2::int)", int32(attendLock), l.process); err != nil {
		return postgres.Wrap("attend", err)
	}
	for {
		if err := wait.For(ctx, attendLook); err != nil {
			return fmt.Errorf("attend: %w", err)
		}
		if err := session.Ping(ctx); err != nil {
			return postgres.Wrap("attend", err)
		}
	}
}

// Dismiss ends the leases of processes that died, so that what is due to their
// receivers need not wait until the leases run out.
func (l *Ledger) Dismiss(ctx context.Context) error {
	missing, err := l.missing(ctx)
	if err != nil {
		return postgres.Wrap("look for dead processes", err)
	}
	dead := l.absent.confirm(missing, time.Now())
	if len(dead) == 0 {
		return nil
	}
	return postgres.Wrap("end leases of dead processes", errors.Join(l.q.Dismiss(ctx, dead), l.q.DismissPageWays(ctx, dead)))
}

// missing are the processes that have leases and do not attend now.
func (l *Ledger) missing(ctx context.Context) ([]int32, error) {
	rows, err := l.pool.Query(ctx, `select lease_process from (
			select lease_process from notifier_ledger.endpoint where lease_until >= now()
			union select lease_process from notifier_ledger.page_way where state = 'open' and lease_until >= now()) leased
		where lease_process not in (
			select objid::bigint from pg_locks where locktype = 'advisory' and granted and classid::bigint = $1
				and database = (select oid from pg_database where datname = current_database()))`, int64(attendLock))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int32])
}

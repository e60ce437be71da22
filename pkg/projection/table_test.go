package projection_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/projection"
)

// tally is a view that counts the messages of each subject and keeps the order in
// which they came. Subjects that begin with "alert.poison" make it fail, those
// with "alert.panic" panic.
type tally struct {
	mu        sync.Mutex
	resets    int
	committed []eventlog.Position
	// counts is what it keeps in memory: the number of messages by subject.
	counts map[string]int
}

const tallySchema = projection.CheckpointTable + `
create table tally (sequence bigint primary key, subject text not null, count int not null);
create table sick (sequence bigint primary key, cause text not null);
`

func (v *tally) Enter(context.Context, pgx.Tx) error { return nil }

func (v *tally) Apply(ctx context.Context, tx pgx.Tx, batch []eventlog.Message) error {
	for _, m := range batch {
		switch {
		case strings.HasPrefix(m.Subject, "alert.poison"):
			return fmt.Errorf("%s cannot be folded", m.Subject)
		case strings.HasPrefix(m.Subject, "alert.panic"):
			panic("cannot fold " + m.Subject)
		}
		n, err := v.count(ctx, tx, m.Subject)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "insert into tally values ($1, $2, $3)", int64(m.Sequence), m.Subject, n); err != nil {
			return err
		}
	}
	return nil
}

// count is the number of messages of a subject with the next one.
func (v *tally) count(ctx context.Context, tx pgx.Tx, subject string) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.counts == nil {
		v.counts = map[string]int{}
	}
	if _, known := v.counts[subject]; !known {
		var n int
		if err := tx.QueryRow(ctx, "select count(*) from tally where subject = $1", subject).Scan(&n); err != nil {
			return 0, err
		}
		v.counts[subject] = n
	}
	v.counts[subject]++
	return v.counts[subject], nil
}

func (v *tally) Quarantine(ctx context.Context, tx pgx.Tx, m eventlog.Message, cause error) error {
	_, err := tx.Exec(ctx, "insert into sick values ($1, $2)", int64(m.Sequence), cause.Error())
	return err
}

func (v *tally) Committed(p eventlog.Position) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.committed = append(v.committed, p)
}

func (v *tally) Reset() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.resets++
	v.counts = nil
}

// queued is a tally that says in advance what it does, once it knows the counts.
type queued struct {
	tally
	schema string
	queues int // how many batches it has queued
}

func (v *queued) Enter(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, v.EnterSQL()[0])
	return err
}

func (v *queued) EnterSQL() []string {
	return []string{"select set_config('search_path', '" + v.schema + "', true)"}
}

func (v *queued) Queue(_ context.Context, batch []eventlog.Message) (*pgx.Batch, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	next, rows := maps.Clone(v.counts), &pgx.Batch{}
	for _, m := range batch {
		switch _, known := next[m.Subject]; {
		case strings.HasPrefix(m.Subject, "alert.poison"):
			return nil, fmt.Errorf("%s cannot be folded", m.Subject)
		case strings.HasPrefix(m.Subject, "alert.panic"):
			panic("cannot fold " + m.Subject)
		case !known:
			return nil, nil
		}
		next[m.Subject]++
		rows.Queue("insert into tally values ($1, $2, $3)", int64(m.Sequence), m.Subject, next[m.Subject])
	}
	v.queues++
	v.counts = next
	return rows, nil
}

package projection_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
	"github.com/bridgelog/bridgelog/pkg/projection"
)

var server pgtest.Server

// write appends one message to each subject, in order, and returns the position
// of the last one.
func write(t *testing.T, log eventlog.Log, subjects ...string) eventlog.Position {
	t.Helper()
	var at eventlog.Position
	for _, subject := range subjects {
		head := chain.Head{}
		last, err := log.LastSequence(t.Context(), subject)
		if err != nil {
			t.Fatal(err)
		}
		draft := chain.Draft{Type: "test.happened", EventID: uuid.NewString(), Actor: "ada"}
		data, _, err := chain.Seal(head, subject, []chain.Draft{draft}, chain.Request{}, time.Now(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if at, err = log.Append(t.Context(), eventlog.Append{Subject: subject, Expect: last, Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	return at
}

// some are subjects of n messages of ten aggregates.
func some(n int) []string {
	subjects := make([]string, n)
	for i := range subjects {
		subjects[i] = fmt.Sprintf("alert.a%d", i%10)
	}
	return subjects
}

// database makes a database with the tables of a tally.
func database(t *testing.T) *pgxpool.Pool {
	t.Helper()
	return openTables(t, server.URL(t))
}

// openTables makes the tables of a tally.
func openTables(t *testing.T, url string) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.Open(t, url)
	if _, err := pool.Exec(t.Context(), tallySchema); err != nil {
		t.Fatal(err)
	}
	return pool
}

func newRunner(t *testing.T, log eventlog.Reader, pool *pgxpool.Pool, view projection.View) *projection.Runner {
	t.Helper()
	r, err := projection.New(projection.Config{
		Name: "tally", Log: log, Pool: pool, View: view, Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Metrics: prometheus.NewRegistry(), MaxBatch: 50, RetryMin: 5 * time.Millisecond, RetryMax: 50 * time.Millisecond,
		StandbyEvery: 20 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// run runs a runner until the test or the returned function ends it.
func run(t *testing.T, r *projection.Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := r.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	t.Cleanup(stop)
	return stop
}

func waitFor(t *testing.T, r *projection.Runner, p eventlog.Position) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := r.Wait(ctx, p); err != nil {
		t.Fatalf("%v (problem: %v)", err, r.Problem())
	}
}

// check compares the rows with the log: every message once, counted in order.
func check(t *testing.T, pool *pgxpool.Pool, log eventlog.Log) {
	t.Helper()
	head, err := log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	var want []string
	err = log.Read(t.Context(), eventlog.Position{}, head.Sequence, func(m eventlog.Message) error {
		if !strings.HasPrefix(m.Subject, "alert.p") {
			seen[m.Subject]++
			want = append(want, fmt.Sprint(m.Sequence, m.Subject, seen[m.Subject]))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := pool.Query(t.Context(), "select sequence, subject, count from tally order by sequence")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var sequence uint64
		var subject string
		var count int
		if err := rows.Scan(&sequence, &subject, &count); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(sequence, subject, count))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Fatalf("the rows are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("%s: not in time", what)
		case <-tick.C:
		}
	}
}

func TestRowsFollowTheLog(t *testing.T) {
	log, pool, view := memory.New(memory.Options{}), database(t), &tally{}
	write(t, log, some(120)...)
	r := newRunner(t, log, pool, view)
	run(t, r)
	waitFor(t, r, write(t, log, some(30)...))
	<-r.CaughtUp()
	check(t, pool, log)
	s, err := r.Status(t.Context())
	if err != nil || s.LagEvents != 0 || s.Lag != 0 || !s.Leading || s.Position != s.Head {
		t.Fatalf("status = %+v, %v", s, err)
	}
}

func TestANewProcessGoesOnWhereTheLastOneEnded(t *testing.T) {
	log, pool := memory.New(memory.Options{}), database(t)
	first := newRunner(t, log, pool, &tally{})
	stop := run(t, first)
	waitFor(t, first, write(t, log, some(60)...))
	stop()
	write(t, log, some(60)...)
	s, err := first.Status(t.Context())
	if err != nil || s.LagEvents != 60 || s.Lag <= 0 || s.Leading {
		t.Fatalf("status = %+v, %v", s, err)
	}
	second := newRunner(t, log, pool, &tally{})
	run(t, second)
	waitFor(t, second, s.Head)
	check(t, pool, log)
}

func TestOneOfTwoProjectsAndTheOtherTakesOver(t *testing.T) {
	log, pool := memory.New(memory.Options{}), database(t)
	runners := []*projection.Runner{newRunner(t, log, pool, &tally{}), newRunner(t, log, pool, &tally{})}
	stops := []func(){run(t, runners[0]), run(t, runners[1])}
	eventually(t, "one leads", func() bool { return runners[0].Leading() != runners[1].Leading() })
	leader := 0
	if runners[1].Leading() {
		leader = 1
	}
	// Both can wait for a write, whoever projects it.
	p := write(t, log, some(40)...)
	waitFor(t, runners[0], p)
	waitFor(t, runners[1], p)
	stops[leader]()
	waitFor(t, runners[1-leader], write(t, log, some(40)...))
	if !runners[1-leader].Leading() {
		t.Error("nobody leads")
	}
	check(t, pool, log)
}

func TestAFailureBeforeOrAfterTheCommitLosesAndDoublesNothing(t *testing.T) {
	for _, c := range []struct {
		point string
		view  projection.View
	}{
		{"projection.after_rows", &tally{}},
		{"projection.before_commit", &tally{}},
		{"projection.after_commit", &tally{}},
		{"projection.before_commit", &queued{schema: "public"}},
		{"projection.after_commit", &queued{schema: "public"}},
	} {
		point := c.point
		t.Run(fmt.Sprintf("%s of %T", point, c.view), func(t *testing.T) {
			log, pool := memory.New(memory.Options{}), database(t)
			r := newRunner(t, log, pool, c.view)
			hits := 0
			disarm, err := failpoint.Arm(point, func(ctx context.Context) error {
				if hits++; hits <= 3 {
					return failpoint.Fail(ctx)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(disarm)
			stop := run(t, r)
			waitFor(t, r, write(t, log, some(200)...))
			stop()
			check(t, pool, log)
			if hits <= 3 {
				t.Errorf("the point was hit %d times", hits)
			}
		})
	}
}

// What a view has queued goes in one round trip once the connection knows the
// statements; what the database then refuses is found step by step.
func TestQueuedRowsAreWrittenAtOnce(t *testing.T) {
	log, pool, view := memory.New(memory.Options{}), database(t), &queued{schema: "public"}
	r := newRunner(t, log, pool, view)
	count := func(point string) *atomic.Int64 {
		var hits atomic.Int64
		disarm, err := failpoint.Arm(point, func(context.Context) error { hits.Add(1); return nil })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(disarm)
		return &hits
	}
	stepwise, all := count("projection.after_rows"), count("projection.before_commit")
	stop := run(t, r)
	for range 10 {
		waitFor(t, r, write(t, log, some(10)...))
	}
	// The fold counts on, and the row is there already.
	if _, err := pool.Exec(t.Context(), "insert into tally values (101, 'stray', 1)"); err != nil {
		t.Fatal(err)
	}
	before := all.Load()
	if steps := stepwise.Load(); steps == 0 || steps == before {
		t.Errorf("%d of %d transactions went step by step", steps, before)
	}
	waitFor(t, r, write(t, log, some(10)...))
	if _, err := pool.Exec(t.Context(), "delete from tally where subject = 'stray'"); err != nil {
		t.Fatal(err)
	}
	stop()
	var sick, rows int
	err := pool.QueryRow(t.Context(), "select (select count(*) from sick), (select count(*) from tally)").Scan(&sick, &rows)
	if err != nil || sick != 1 || rows != 109 {
		t.Errorf("%d messages in quarantine and %d rows, want 1 and 109 (%v)", sick, rows, err)
	}
}

func TestAPoisonedMessageIsIsolated(t *testing.T) {
	for name, view := range map[string]projection.View{"plain": &tally{}, "queued": &queued{schema: "public"}} {
		t.Run(name, func(t *testing.T) { isolates(t, view) })
	}
}

func isolates(t *testing.T, view projection.View) {
	log, pool := memory.New(memory.Options{}), database(t)
	r := newRunner(t, log, pool, view)
	run(t, r)
	waitFor(t, r, write(t, log, some(20)...))
	waitFor(t, r, write(t, log, "alert.poison1"))
	waitFor(t, r, write(t, log, some(20)...))
	waitFor(t, r, write(t, log, "alert.panic1"))
	waitFor(t, r, write(t, log, some(20)...))
	check(t, pool, log)
	rows, err := pool.Query(t.Context(), "select sequence, cause from sick order by sequence")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var sequence int
		var cause string
		if err := rows.Scan(&sequence, &cause); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(sequence, " ", cause))
	}
	want := "21 alert.poison1 cannot be folded|42 the view panicked: cannot fold alert.panic1"
	if strings.Join(got, "|") != want {
		t.Fatalf("quarantine holds %q, want %q", got, want)
	}
}

func TestALogThatIsNotTheSameStopsTheProjectionWithAClearMessage(t *testing.T) {
	pool := database(t)
	first := memory.New(memory.Options{Epoch: "one"})
	r := newRunner(t, first, pool, &tally{})
	stop := run(t, r)
	waitFor(t, r, write(t, first, some(20)...))
	stop()

	cases := []struct {
		name   string
		log    *memory.Log
		reason eventlog.PositionReason
	}{
		{"another epoch", memory.New(memory.Options{Epoch: "two"}), eventlog.ReasonEpoch},
		{"a log that lost its tail", memory.New(memory.Options{Epoch: "one"}), eventlog.ReasonAhead},
		{"another message at the checkpoint", memory.New(memory.Options{Epoch: "one"}), eventlog.ReasonHash},
	}
	write(t, cases[2].log, some(30)...)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRunner(t, c.log, pool, &tally{})
			run(t, r)
			var mismatch *eventlog.PositionError
			eventually(t, "the problem shows", func() bool { return errors.As(r.Problem(), &mismatch) })
			if mismatch.Reason != c.reason {
				t.Errorf("reason = %s, want %s", mismatch.Reason, c.reason)
			}
			at, err := r.Position(t.Context())
			if err != nil || at.Sequence != 20 {
				t.Errorf("the checkpoint moved to %d, %v", at.Sequence, err)
			}
		})
	}
}

func TestADatabaseThatIsAwayIsWaitedFor(t *testing.T) {
	outage := pgtest.NewOutage(t)
	pool := openTables(t, outage.URL())
	log := memory.New(memory.Options{})
	r := newRunner(t, log, pool, &tally{})
	run(t, r)
	waitFor(t, r, write(t, log, some(40)...))
	outage.Stop(t)
	last := write(t, log, some(40)...)
	eventually(t, "the problem shows", func() bool { return r.Problem() != nil })
	outage.Start(t)
	waitFor(t, r, last)
	pool.Reset() // its connections ended with the server
	check(t, pool, log)
	eventually(t, "the problem is gone", func() bool { return r.Problem() == nil })
}

func TestAWriterWhoIsLateIsFencedOff(t *testing.T) {
	for name, view := range map[string]projection.View{"plain": &tally{}, "queued": &queued{schema: "public"}} {
		t.Run(name, func(t *testing.T) { fenceOff(t, view) })
	}
}

func fenceOff(t *testing.T, view projection.View) {
	log, pool := memory.New(memory.Options{Epoch: `it's "\x00"`}), database(t)
	r := newRunner(t, log, pool, view)
	stop := run(t, r)
	waitFor(t, r, write(t, log, some(10)...))
	// Somebody else, who does not know of the lock, moves the checkpoint: back, as
	// an older process would have it.
	if _, err := pool.Exec(t.Context(), "update checkpoint set epoch = '', sequence = 0, hash = ''; delete from tally"); err != nil {
		t.Fatal(err)
	}
	waitFor(t, r, write(t, log, some(10)...))
	stop()
	check(t, pool, log)
}

func TestAViewThatCannotBeEnteredIsLeftAlone(t *testing.T) {
	log, pool := memory.New(memory.Options{}), database(t)
	if _, err := pool.Exec(t.Context(), "create schema elsewhere"); err != nil {
		t.Fatal(err)
	}
	r := newRunner(t, log, pool, &queued{schema: "elsewhere"})
	run(t, r)
	write(t, log, some(5)...)
	eventually(t, "the problem shows", func() bool { return errors.Is(r.Problem(), postgres.ErrSchemaGone) })
	var rows int
	err := pool.QueryRow(t.Context(), "select (select count(*) from tally) + (select count(*) from sick)").Scan(&rows)
	if err != nil || rows != 0 {
		t.Fatalf("%d rows were written, %v", rows, err)
	}
}

func TestWaitHasADeadlineAndKnowsItsLog(t *testing.T) {
	log, pool := memory.New(memory.Options{}), database(t)
	r := newRunner(t, log, pool, &tally{})
	run(t, r)
	p := write(t, log, some(1)...)
	waitFor(t, r, p)
	if err := r.Wait(t.Context(), eventlog.Position{}); err != nil {
		t.Errorf("the beginning: %v", err)
	}
	future := p
	future.Sequence++
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if err := r.Wait(ctx, future); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the future: %v", err)
	}
	other := p
	other.Epoch = "another"
	var mismatch *eventlog.PositionError
	if err := r.Wait(t.Context(), other); !errors.As(err, &mismatch) || mismatch.Reason != eventlog.ReasonEpoch {
		t.Errorf("another log: %v", err)
	}
}

func TestConfigNamesWhatIsMissing(t *testing.T) {
	if _, err := projection.New(projection.Config{Name: "Bad Name"}); err == nil || !strings.Contains(err.Error(), "Name") {
		t.Errorf("err = %v", err)
	}
	if _, err := projection.New(projection.Config{Name: "good"}); err == nil || !strings.Contains(err.Error(), "Log") {
		t.Errorf("err = %v", err)
	}
}

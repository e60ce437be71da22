package notifier_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/notifier"
)

// counted is a log that counts what is read of it.
type counted struct {
	eventlog.Reader
	tails, loads, delivered atomic.Int64
}

func (c *counted) Tail(ctx context.Context, after eventlog.Position, fn func(eventlog.Message) error) error {
	c.tails.Add(1)
	return c.Reader.Tail(ctx, after, func(m eventlog.Message) error {
		c.delivered.Add(1)
		return fn(m)
	})
}

func (c *counted) Load(ctx context.Context, subject string, after uint64) ([]eventlog.Message, error) {
	c.loads.Add(1)
	return c.Reader.Load(ctx, subject, after)
}

// counting lets the notifier read through a counter.
func (s *system) counting() *counted {
	c := &counted{Reader: s.log}
	s.change = func(config *notifier.Config) { config.Log = c }
	return c
}

// actedThrough waits until the ledger stands at the end of the log.
func (s *system) actedThrough() {
	s.t.Helper()
	head, err := s.log.Head(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	s.poll("acted through", func() bool {
		return s.count("select count(*) from notifier_ledger.acted_through where position = $1", head.String()) == 1
	})
}

func TestNothingIsReadWhileNobodyListens(t *testing.T) {
	s := newSystem(t)
	log := s.counting()
	s.start()
	for n := range 50 {
		s.desk.Must(t, incident.ID(fmt.Sprintf("i%d", n)), declare(uint64(n+1)), incident.Acknowledge{})
	}
	s.actedThrough()
	if log.tails.Load() != 0 || log.delivered.Load() != 0 {
		t.Errorf("%d messages were read by %d tails although there is no webhook", log.delivered.Load(), log.tails.Load())
	}
	r := newReceiver(t, secret)
	s.webhook("ops", r.URL, "")
	s.desk.Must(t, "i0", incident.Resolve{})
	if got := r.atLeast(t, 1); got[0].Type != "dev.bridgelog.incident.resolved" || got[0].Subject != "INC-1" {
		t.Errorf("got %+v", got)
	}
}

func TestEventsThatNobodyWantsAreNotFolded(t *testing.T) {
	s := newSystem(t)
	log := s.counting()
	r := newReceiver(t, secret)
	s.webhook("typed", r.URL, ", event_types: [incident.resolved]")
	s.webhook("severe", r.URL, ", severities: [SEV-1], event_types: [\"incident.*\"]")
	s.desk.Must(t, "minor", incident.Declare{Number: 1, Title: "minor", Severity: incident.SEV3})
	s.start()
	for n := range 40 {
		s.desk.Must(t, "minor", incident.PostUpdate{Text: fmt.Sprint(n)})
	}
	s.actedThrough()
	if loads := log.loads.Load(); loads > 1 {
		t.Errorf("the incident was read %d times for events that nobody wants", loads)
	}
	if writes := s.count("select count(*) from notifier_ledger.delivery"); writes != 0 {
		t.Errorf("%d deliveries", writes)
	}
	// What was passed over is caught up on when somebody wants to know.
	s.desk.Must(t, "minor", incident.ChangeSeverity{To: incident.SEV1, Reason: "worse"}, incident.Resolve{Summary: "done"})
	got := r.atLeast(t, 3)
	if len(got) != 3 {
		t.Errorf("got %+v", got)
	}
	for _, d := range got {
		if d.Subject != "INC-1" || !d.Verified {
			t.Errorf("got %+v", d)
		}
	}
}

func TestARedactionIsObeyedThoughNobodyListens(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	s.webhook("ops", r.URL, "")
	s.start()
	s.desk.Must(t, "a", declare(1), incident.PostUpdate{Text: "the password is canary-4712"})
	r.atLeast(t, 2)
	s.webhook("ops", r.URL, ", disabled: true")
	const bodies = "select count(*) from notifier_ledger.delivery where convert_from(body, 'UTF8') like '%canary-4712%'"
	s.poll("asleep", func() bool { return s.count(bodies) == 1 })
	s.desk.Must(t, "a", incident.RedactEntry{Entry: 2, ReasonCode: "secret"})
	s.poll("the text is gone", func() bool { return s.count(bodies) == 0 })
	s.actedThrough()
}

// TestThePositionIsWrittenRarely counts the transactions that only move it.
func TestThePositionIsWrittenRarely(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	s.webhook("ops", r.URL, ", event_types: [incident.cancelled]")
	s.start()
	before := s.count("select n_tup_upd from pg_stat_get_tuples_updated('notifier_ledger.acted_through'::regclass) as n_tup_upd")
	begin := time.Now()
	s.desk.Must(t, "a", declare(1))
	for n := range 300 {
		s.desk.Must(t, "a", incident.PostUpdate{Text: fmt.Sprint(n)})
	}
	s.actedThrough()
	// The statistics of sessions come late, so that some writes of before count too.
	most := int(time.Since(begin)/(500*time.Millisecond)) + 10
	if after := s.count("select n_tup_upd from pg_stat_get_tuples_updated('notifier_ledger.acted_through'::regclass) as n_tup_upd"); after-before > most {
		t.Errorf("%d writes, want at most %d", after-before, most)
	}
}

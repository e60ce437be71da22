package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
)

// notebook remembers in memory.
type notebook struct{ record eventlog.ScrubRecord }

func (n *notebook) Recall(context.Context) (eventlog.ScrubRecord, error) { return n.record, nil }

func (n *notebook) Keep(_ context.Context, r eventlog.ScrubRecord) error {
	n.record = r
	return nil
}

// process is a scrubber as a new process makes it.
func process(log eventlog.Reader, n *notebook) (*eventlog.Scrubber, *[]eventlog.Finding) {
	found := new([]eventlog.Finding)
	return eventlog.NewScrubber(log, eventlog.ScrubOptions{
		BytesPerSecond: -1, Interval: time.Hour, Memory: n,
		OnFinding: func(f eventlog.Finding) { *found = append(*found, f) },
	}), found
}

// run lets a scrubber run for a while in the bubble of a test.
func run(t *testing.T, s *eventlog.Scrubber, long time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	if err := s.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

// cut breaks a reading off after a sequence.
type cut struct {
	eventlog.Reader
	after uint64
}

var errCut = errors.New("cut off")

func (c cut) Read(ctx context.Context, after eventlog.Position, until uint64, fn func(eventlog.Message) error) error {
	return c.Reader.Read(ctx, after, until, func(m eventlog.Message) error {
		if m.Sequence > c.after {
			return errCut
		}
		return fn(m)
	})
}

// two subjects, six messages in turn.
func twoSubjects(t *testing.T) *memory.Log { return twoSubjectsOf(t, "") }

func twoSubjectsOf(t *testing.T, epoch string) *memory.Log {
	t.Helper()
	log := memory.New(memory.Options{Epoch: epoch})
	a, b := eventlogtest.NewAggregate(t, "incident.a"), eventlogtest.NewAggregate(t, "incident.b")
	for i := range 3 {
		a.Append(log, fmt.Sprint("a", i))
		b.Append(log, fmt.Sprint("b", i))
	}
	return log
}

func TestScrubberGoesOnAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, kept := twoSubjects(t), &notebook{}
		broken, _ := process(cut{log, 3}, kept)
		run(t, broken, time.Minute)
		if stats := broken.Stats(); stats.FailedPasses != 1 || kept.record.At.Sequence != 3 {
			t.Fatalf("stats %+v, kept %+v", stats, kept.record)
		}
		again, found := process(log, kept)
		run(t, again, time.Minute)
		if stats := again.Stats(); stats.Messages != 3 || stats.Passes != 1 || len(*found) > 0 || stats.Verified != 0 {
			t.Fatalf("stats %+v, found %v", stats, *found)
		}
	})
}

func TestScrubberFindsDamageBehindARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, kept := twoSubjects(t), &notebook{}
		broken, _ := process(cut{log, 3}, kept)
		run(t, broken, time.Minute)
		other := twoSubjects(t)
		m, err := other.At(t.Context(), 5)
		if err != nil {
			t.Fatal(err)
		}
		again, found := process(tampered{log, 5, m.Data}, kept) // a message of another history
		run(t, again, time.Minute)
		if len(*found) != 1 || (*found)[0].Kind != eventlog.FindingChain || (*found)[0].Sequence != 5 {
			t.Fatalf("found %v", *found)
		}
		third, _ := process(log, kept)
		run(t, third, time.Minute) // not due yet
		if stats := third.Stats(); stats.Damage != 1 || stats.Messages != 0 {
			t.Fatalf("the damage is forgotten: %+v", stats)
		}
		run(t, third, time.Hour) // repaired since
		if stats := third.Stats(); stats.Damage != 0 || stats.Passes != 1 {
			t.Fatalf("the repair is not seen: %+v", stats)
		}
	})
}

func TestScrubberKeepsItsIntervalAcrossRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, kept := twoSubjects(t), &notebook{}
		first, _ := process(log, kept)
		run(t, first, time.Minute)
		ended := first.Stats().LastPass
		second, _ := process(log, kept)
		run(t, second, 30*time.Minute)
		if stats := second.Stats(); stats.Passes != 0 || !stats.LastPass.Equal(ended) {
			t.Fatalf("stats %+v, the last pass ended %s", stats, ended)
		}
		third, _ := process(log, kept)
		run(t, third, 30*time.Minute)
		if stats := third.Stats(); stats.Passes != 1 {
			t.Fatalf("stats %+v", stats)
		}
	})
}

func TestScrubberFindsATailLostWhileStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, kept := twoSubjects(t), &notebook{}
		first, _ := process(log, kept)
		run(t, first, time.Minute)
		log.Truncate(2)
		second, found := process(log, kept)
		run(t, second, time.Minute) // at once, although no pass is due
		if len(*found) == 0 || (*found)[0].Kind != eventlog.FindingHistory {
			t.Fatalf("found %v", *found)
		}
		other := twoSubjectsOf(t, "restored")
		third, found := process(other, kept)
		run(t, third, time.Minute)
		if len(*found) > 0 || third.Stats().Passes != 1 {
			t.Fatalf("the record of another log counts: %v", *found)
		}
	})
}

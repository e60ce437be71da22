package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
)

// scrub makes one pass and returns its findings as "kind@sequence".
func scrub(t *testing.T, s *eventlog.Scrubber, found *[]eventlog.Finding) []string {
	t.Helper()
	*found = nil
	if err := s.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range *found {
		all = append(all, fmt.Sprintf("%s@%d", f.Kind, f.Sequence))
	}
	return all
}

func newScrubber(log eventlog.Reader) (*eventlog.Scrubber, *[]eventlog.Finding) {
	found := new([]eventlog.Finding)
	return eventlog.NewScrubber(log, eventlog.ScrubOptions{
		BytesPerSecond: -1, OnFinding: func(f eventlog.Finding) { *found = append(*found, f) },
	}), found
}

func TestScrubberPassesOverWhatRedactionsExplain(t *testing.T) {
	log := memory.New(memory.Options{})
	a := eventlogtest.NewAggregate(t, "incident.a")
	a.Append(log, "one", "two")
	if _, err := eventlog.Redact(t.Context(), log, a.Redaction(2)); err != nil {
		t.Fatal(err)
	}
	s, found := newScrubber(log)
	if got := scrub(t, s, found); got != nil {
		t.Fatalf("found %v", got)
	}
	if stats := s.Stats(); stats.Passes != 1 || stats.Messages != 3 || stats.Findings != 0 || stats.LastPass.IsZero() {
		t.Fatalf("stats %+v", stats)
	}
}

func TestScrubberFindsHoles(t *testing.T) {
	log := memory.New(memory.Options{})
	a := eventlogtest.NewAggregate(t, "incident.a")
	for i := range 6 {
		a.Append(log, fmt.Sprint(i))
	}
	for _, lost := range []uint64{1, 3, 4} {
		log.Lose(lost)
	}
	s, found := newScrubber(log)
	// Behind a hole the chain cannot link.
	want := "[hole@1 chain@2 hole@3 hole@4 chain@5]"
	if got := fmt.Sprint(scrub(t, s, found)); got != want {
		t.Fatalf("found %s, want %s", got, want)
	}
	log.Lose(6)
	if got := scrub(t, s, found); got[len(got)-1] != "hole@6" {
		t.Fatalf("found %v", got)
	}
}

// tampered answers with other bytes for one message.
type tampered struct {
	eventlog.Reader
	sequence uint64
	data     []byte
}

func (r tampered) Read(ctx context.Context, after eventlog.Position, until uint64, fn func(eventlog.Message) error) error {
	return r.Reader.Read(ctx, after, until, func(m eventlog.Message) error {
		if m.Sequence == r.sequence {
			m.Data = r.data
		}
		return fn(m)
	})
}

func TestScrubberFindsChangedBytes(t *testing.T) {
	log := memory.New(memory.Options{})
	a := eventlogtest.NewAggregate(t, "incident.a")
	a.Append(log, "one")
	a.Append(log, "two")
	m, err := log.At(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	changed := append([]byte(nil), m.Data...)
	changed[len(changed)/2] ^= 1
	quiet, err := chain.RedactCommit(m.Data, 2)
	if err != nil {
		t.Fatal(err)
	}
	for want, data := range map[string][]byte{"[chain@2]": changed, "[redaction@2]": quiet} {
		s, found := newScrubber(tampered{Reader: log, sequence: 2, data: data})
		if got := fmt.Sprint(scrub(t, s, found)); got != want {
			t.Errorf("found %s, want %s", got, want)
		}
	}
}

func TestScrubberFindsALostTail(t *testing.T) {
	log := memory.New(memory.Options{})
	a := eventlogtest.NewAggregate(t, "incident.a")
	a.Append(log, "one")
	before := *a
	a.Append(log, "two")
	s, found := newScrubber(log)
	if got := scrub(t, s, found); got != nil {
		t.Fatalf("found %v", got)
	}
	log.Truncate(1)
	before.Append(log, "another two") // the sequence is used again
	if got := fmt.Sprint(scrub(t, s, found)); got != "[history@2]" {
		t.Fatalf("found %s", got)
	}
}

func TestScrubberRepeatsUntilStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memory.New(memory.Options{})
		eventlogtest.NewAggregate(t, "incident.a").Append(log, "one")
		s := eventlog.NewScrubber(log, eventlog.ScrubOptions{Interval: time.Hour})
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Minute)
		defer cancel()
		if err := s.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if passes := s.Stats().Passes; passes != 3 {
			t.Fatalf("%d passes in two and a half hours", passes)
		}
	})
}

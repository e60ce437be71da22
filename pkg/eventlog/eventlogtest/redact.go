package eventlogtest

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
)

const canary = "canary-4111-1111"

// wantRedacted proves that exactly the given revisions have lost their content,
// that the chain holds, and that no reader sees the canary.
func wantRedacted(t *testing.T, log eventlog.Log, a *Aggregate, revisions ...uint64) {
	t.Helper()
	messages, err := log.Load(t.Context(), a.Subject, 0)
	must(t, err)
	if got := a.Verify(messages).Redacted(); !slices.Equal(got, revisions) {
		t.Fatalf("redacted revisions %v, want %v", got, revisions)
	}
	all := collect(t, log, eventlog.Position{})
	verifiers := make(map[string]*chain.Verifier)
	for _, m := range all {
		if bytes.Contains(m.Data, []byte(canary)) {
			t.Fatalf("message %d still says it", m.Sequence)
		}
		if verifiers[m.Subject] == nil {
			verifiers[m.Subject] = chain.NewVerifier(m.Subject)
		}
		must(t, verifiers[m.Subject].Commit(m.Data))
	}
	swept, err := eventlog.Sweep(t.Context(), log)
	must(t, err)
	if swept.Erased != 0 {
		t.Fatalf("%d messages were left to erase", swept.Erased)
	}
}

func redact(t *testing.T, log eventlog.Log, a *Aggregate, revision uint64) eventlog.Redaction {
	t.Helper()
	r := a.Redaction(revision)
	position, err := eventlog.Redact(t.Context(), log, r)
	must(t, err)
	a.Accept(r.Entry, position)
	return r
}

func testRedaction(t *testing.T, h Harness) {
	log := h.New(t)
	a := NewAggregate(t, "incident.a")
	a.Append(log, "declared")
	position := a.Append(log, "sibling", canary, "another sibling")
	a.Append(log, "after")
	r := redact(t, log, a, 3)
	wantRedacted(t, log, a, 3)

	// Facts, siblings and the position survive; the request cannot be guessed.
	m, err := log.At(t.Context(), position.Sequence)
	must(t, err)
	found, err := m.Position()
	must(t, err)
	c, err := chain.Open(m.Data)
	must(t, err)
	same, err := chain.SameRequest(c, []byte("request"))
	must(t, err)
	if !m.Replaced || found != position || same != chain.SameUnknowable ||
		string(c.Records[0].Content) != "sibling" || string(c.Records[1].Facts) != "facts-1" {
		t.Fatalf("replacement %+v", m)
	}
	if rest := collect(t, log, position); rest[0].Sequence != position.Sequence+1 {
		t.Fatalf("resumed at %d", rest[0].Sequence)
	}
	again, err := eventlog.Redact(t.Context(), log, r)
	must(t, err)
	if again.Sequence != a.Last {
		t.Fatalf("repeated at %d, stored at %d", again.Sequence, a.Last)
	}
	a.Append(log, "goes on")
	wantRedacted(t, log, a, 3)
}

func testRedactionTwice(t *testing.T, h Harness) {
	log := h.New(t)
	a := NewAggregate(t, "incident.a")
	a.Append(log, canary+"1", "kept", canary+"2", canary+"3")
	redact(t, log, a, 1)
	redact(t, log, a, 3)
	last := redact(t, log, a, 4)
	wantRedacted(t, log, a, 1, 3, 4)
	_, err := eventlog.Redact(t.Context(), log, last)
	must(t, err)
	wantRedacted(t, log, a, 1, 3, 4)
}

// testRedactionInterrupted stops at every named instant, once for a first
// redaction and once for one that replaces a replacement, and lets either the
// repeated request or the sweeper finish.
func testRedactionInterrupted(t *testing.T, h Harness) {
	points := []string{"redact.after_erase", "redact.before_erase", "redact.before_record", "redact.between_erasures"}
	declared := slices.DeleteFunc(failpoint.Names(), func(name string) bool { return !strings.HasPrefix(name, "redact.") })
	if !slices.Equal(points, declared) {
		t.Fatalf("the cases are %v, the program declares %v", points, declared)
	}
	for _, point := range points {
		for _, again := range []bool{false, true} {
			for _, sweep := range []bool{false, true} {
				if point == "redact.between_erasures" && !again {
					continue // a first redaction erases one message
				}
				name := point + map[bool]string{true: "/replacement"}[again] + map[bool]string{true: "/sweep", false: "/repeat"}[sweep]
				t.Run(name, func(t *testing.T) { testInterruptedAt(t, h, point, again, sweep) })
			}
		}
	}
}

func testInterruptedAt(t *testing.T, h Harness, point string, again, sweep bool) {
	log := h.New(t)
	a := NewAggregate(t, "incident.a")
	contents, revisions := []string{canary, "kept"}, []uint64{1}
	if again {
		contents, revisions = append(contents, canary), append(revisions, 3)
	}
	a.Append(log, contents...)
	if again {
		redact(t, log, a, 3)
	}
	r := a.Redaction(1)
	disarm, err := failpoint.Arm(point, failpoint.Fail)
	must(t, err)
	_, err = eventlog.Redact(t.Context(), log, r)
	disarm()
	wantError(t, err, failpoint.ErrInjected)
	// A reader in between still gets everything, in order.
	collect(t, log, eventlog.Position{})

	if sweep && point != "redact.before_record" {
		_, err = eventlog.Sweep(t.Context(), log)
		must(t, err)
	}
	position, err := eventlog.Redact(t.Context(), log, r)
	must(t, err)
	a.Accept(r.Entry, position)
	wantRedacted(t, log, a, revisions...)
}

func testRedactionRefused(t *testing.T, h Harness) {
	log := h.New(t)
	a := NewAggregate(t, "incident.a")
	a.Append(log, canary)
	stale := a.Redaction(1)
	a.Append(log, "moved on")
	_, err := eventlog.Redact(t.Context(), log, stale)
	wantError(t, err, eventlog.ErrConflict)
	_, err = eventlog.Redact(t.Context(), log, a.Redaction(9))
	wantError(t, err, eventlog.ErrNotFound)
	redact(t, log, a, 1)
	_, err = eventlog.Redact(t.Context(), log, a.Redaction(1))
	wantError(t, err, eventlog.ErrAlreadyRedacted)
	wantRedacted(t, log, a, 1)
}

func testErase(t *testing.T, h Harness) {
	log := h.New(t)
	a := NewAggregate(t, "incident.a")
	a.Append(log, "kept")
	err := log.Erase(t.Context(), 1)
	wantError(t, err, eventlog.ErrNoReplacement)
	if err := log.Erase(t.Context(), 99); !errors.Is(err, eventlog.ErrNoReplacement) && !errors.Is(err, eventlog.ErrNotFound) {
		t.Fatalf("erase beyond the end: %v", err)
	}
	messages, err := log.Load(t.Context(), a.Subject, 0)
	must(t, err)
	a.Verify(messages)
}

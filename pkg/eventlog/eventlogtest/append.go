package eventlogtest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

func wantError(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("got error %v, want %v", got, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func testEmptyLog(t *testing.T, h Harness) {
	log := h.New(t)
	head, err := log.Head(t.Context())
	must(t, err)
	if head.Epoch == "" || !head.IsStart() {
		t.Fatalf("head %+v", head)
	}
	_, err = log.Last(t.Context(), "incident.*")
	wantError(t, err, eventlog.ErrNotFound)
	last, err := log.LastSequence(t.Context(), "incident.none")
	must(t, err)
	messages, err := log.Load(t.Context(), "incident.none", 0)
	must(t, err)
	if last != 0 || len(messages) != 0 {
		t.Fatalf("last %d, %d messages", last, len(messages))
	}
	_, err = log.At(t.Context(), 1)
	wantError(t, err, eventlog.ErrNotFound)
	info, err := log.Info(t.Context())
	must(t, err)
	if info.Epoch != head.Epoch || info.LastSequence != 0 || !info.Attestation.Valid() {
		t.Fatalf("info %+v", info)
	}
}

func testExpectation(t *testing.T, h Harness) {
	log := h.New(t)
	a := NewAggregate(t, "incident.a")
	if p := a.Append(log, "one"); p.Sequence != 1 {
		t.Fatalf("first append at %d", p.Sequence)
	}
	NewAggregate(t, "incident.b").Append(log, "beside")
	stale := a.Seal("stale")
	if p := a.Append(log, "two"); p.Sequence != 3 {
		t.Fatalf("second append at %d", p.Sequence)
	}
	_, err := log.Append(t.Context(), stale)
	wantError(t, err, eventlog.ErrConflict)

	ahead := a.Seal("ahead")
	ahead.Expect += 10
	_, err = log.Append(t.Context(), ahead)
	wantError(t, err, eventlog.ErrConflict)
	none := a.Seal("none expected")
	none.Expect = 0
	_, err = log.Append(t.Context(), none)
	wantError(t, err, eventlog.ErrConflict)
}

func testRepeatedAppend(t *testing.T, h Harness) {
	log := h.New(t)
	a := NewAggregate(t, "incident.a")
	first := a.Append(log, "before") // so that request is not the first
	request := a.Seal("once")
	stored, err := log.Append(t.Context(), request)
	must(t, err)
	again, err := log.Append(t.Context(), request)
	must(t, err)
	a.Accept(request, stored)
	a.Append(log, "another writer's")
	late, err := log.Append(t.Context(), request)
	must(t, err)
	if again != stored || late != stored || stored.Sequence != first.Sequence+1 {
		t.Fatalf("stored at %v, repeated at %v and %v", stored, again, late)
	}
}

func testInvalid(t *testing.T, h Harness) {
	log := h.New(t)
	a := NewAggregate(t, "incident.a")
	requests := map[string]eventlog.Append{
		"wildcard":       {Subject: "incident.*", Data: a.Seal("x").Data},
		"foreign":        {Subject: "elsewhere.a", Data: a.Seal("x").Data},
		"deep":           {Subject: "incident.a.b", Data: a.Seal("x").Data},
		"empty":          {Subject: "", Data: a.Seal("x").Data},
		"not a commit":   {Subject: "incident.a", Data: []byte("nonsense")},
		"other's commit": {Subject: "incident.b", Data: a.Seal("x").Data},
	}
	for name, request := range requests {
		if _, err := log.Append(t.Context(), request); !errors.Is(err, eventlog.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := log.AppendBatch(t.Context(), nil)
	wantError(t, err, eventlog.ErrInvalid)
	_, err = log.AppendBatch(t.Context(), []eventlog.Append{a.Seal("x"), a.Seal("y")})
	wantError(t, err, eventlog.ErrInvalid)
}

func testCommitLimit(t *testing.T, h Harness) {
	log := h.New(t)
	a := NewAggregate(t, "incident.a")
	_, err := log.Append(t.Context(), a.Seal(strings.Repeat("x", eventlog.DefaultMaxCommitBytes)))
	wantError(t, err, eventlog.ErrTooLarge)
	a.Append(log, strings.Repeat("x", eventlog.DefaultMaxCommitBytes-1024))
}

func testFull(t *testing.T, h Harness) {
	log := h.NewLimited(t, 64<<10)
	a := NewAggregate(t, "incident.a")
	stored := 0
	for {
		request := a.Seal(strings.Repeat("x", 4<<10))
		position, err := log.Append(t.Context(), request)
		if err != nil {
			wantError(t, err, eventlog.ErrFull)
			break
		}
		a.Accept(request, position)
		if stored++; stored > 100 {
			t.Fatal("the log never refuses")
		}
	}
	_, err := log.AppendBatch(t.Context(), []eventlog.Append{
		NewAggregate(t, "incident.b").Seal(strings.Repeat("x", 60<<10)), NewAggregate(t, "number.1").Seal("n"),
	})
	wantError(t, err, eventlog.ErrFull)
	messages, err := log.Load(t.Context(), a.Subject, 0)
	must(t, err)
	a.Verify(messages)
	if len(messages) != stored {
		t.Fatalf("%d messages, %d were acknowledged", len(messages), stored)
	}
}

func testContention(t *testing.T, h Harness) {
	log := h.New(t)
	const writers, each = 8, 10
	var group sync.WaitGroup
	failed := make(chan error, writers)
	for w := range writers {
		group.Go(func() {
			for i := range each {
				if err := appendAtEnd(t, log, "incident.hot", fmt.Sprintf("%d/%d", w, i)); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(failed)
	for err := range failed {
		t.Fatal(err)
	}
	messages, err := log.Load(t.Context(), "incident.hot", 0)
	must(t, err)
	a := NewAggregate(t, "incident.hot")
	for _, m := range messages {
		a.Accept(eventlog.Append{Data: m.Data}, eventlog.Position{Sequence: m.Sequence})
	}
	a.Verify(messages)
	if len(messages) != writers*each {
		t.Fatalf("%d messages, want %d", len(messages), writers*each)
	}
}

// appendAtEnd decides again until no other writer comes first.
func appendAtEnd(t *testing.T, log eventlog.Log, subject, content string) error {
	for {
		a := NewAggregate(t, subject)
		last, err := log.Last(t.Context(), subject)
		if err == nil {
			a.Accept(eventlog.Append{Data: last.Data}, eventlog.Position{Sequence: last.Sequence})
		} else if !errors.Is(err, eventlog.ErrNotFound) {
			return err
		}
		if _, err = log.Append(t.Context(), a.Seal(content)); !errors.Is(err, eventlog.ErrConflict) {
			return err
		}
	}
}

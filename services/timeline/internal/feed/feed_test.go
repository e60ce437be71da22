package feed

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// running is a feed that keeps hardly anything.
func running(t *testing.T, log eventlog.Reader, keep int) *Feed {
	t.Helper()
	f := New(log, slog.New(slog.DiscardHandler))
	f.keep = keep
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = f.Run(ctx) // ends with ctx only
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return f
}

// collect reads so many events.
func collect(t *testing.T, c *Cursor, n int) []string {
	t.Helper()
	var got []string
	for len(got) < n {
		list, more, err := c.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range list {
			got = append(got, fmt.Sprintf("%s/%d", i.ID, i.Entry.GetRevision()))
		}
		if len(list) == 0 && more != nil {
			<-more
		}
	}
	return got
}

// TestCursorsLoseNothing reads behind, beside and at the end of what is kept.
func TestCursorsLoseNothing(t *testing.T) {
	log := memory.New(memory.Options{})
	w := logtest.New(t, log)
	f := running(t, log, 8)
	a, b := w.Declare(incident.Declare{Title: "a"}, logtest.Act{}), w.Declare(incident.Declare{Title: "b"}, logtest.Act{})
	want := []string{string(a) + "/1", string(b) + "/1"}
	note := func(id incident.ID) {
		w.Do(id, incident.AddNote{Text: "x"}, logtest.Act{})
		want = append(want, fmt.Sprintf("%s/%d", id, w.Revision(id)))
	}
	slow, err := f.From(t.Context(), eventlog.Position{}, "")
	if err != nil {
		t.Fatal(err)
	}
	only, err := f.From(t.Context(), eventlog.Position{}, b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3000 {
		note([]incident.ID{a, a, b}[i%3])
	}
	if got := collect(t, slow, len(want)); !slices.Equal(got, want) {
		t.Errorf("a slow cursor got %d events, want %d in order", len(got), len(want))
	}
	if got := collect(t, only, 1001); got[0] != string(b)+"/1" || got[1000] != string(b)+"/1001" {
		t.Errorf("one incident: %s to %s", got[0], got[1000])
	}
	note(a)
	if got := collect(t, slow, 1); got[0] != want[len(want)-1] {
		t.Errorf("at the end: %v", got)
	}
}

// TestKeptTextIsRedacted: what is kept for watchers forgets what was redacted.
func TestKeptTextIsRedacted(t *testing.T) {
	log := memory.New(memory.Options{})
	w := logtest.New(t, log)
	f := running(t, log, 100)
	id := w.Declare(incident.Declare{Title: "t"}, logtest.Act{})
	before, err := log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.Do(id, incident.AddNote{Text: "canary"}, logtest.Act{})
	first, err := f.From(t.Context(), before, "")
	if err != nil {
		t.Fatal(err)
	}
	collect(t, first, 1)
	w.Redact(id, 2, logtest.Act{})
	collect(t, first, 1) // the feed has seen the redaction
	again, err := f.From(t.Context(), before, "")
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := again.Next(t.Context())
	if err != nil || len(list) != 2 || list[0].Entry.GetText() != "" || !list[0].Entry.GetRedacted() {
		t.Errorf("got %v, %v", list, err)
	}
}

// TestLogThatIsReplaced: a feed begins anew when the log is another one.
func TestLogThatIsReplaced(t *testing.T) {
	log := memory.New(memory.Options{})
	w := logtest.New(t, log)
	w.Declare(incident.Declare{Title: "t"}, logtest.Act{})
	head, err := log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	head.Sequence = 9
	f := running(t, log, 10)
	if _, err := f.From(t.Context(), head, ""); err == nil {
		t.Error("a position beyond the log was accepted")
	}
}

// TestNothingIsKeptWhileNobodyWatches: what is redacted meanwhile would stay.
func TestNothingIsKeptWhileNobodyWatches(t *testing.T) {
	log := memory.New(memory.Options{})
	w := logtest.New(t, log)
	f := running(t, log, 100)
	c, err := f.From(t.Context(), eventlog.Position{}, "")
	if err != nil {
		t.Fatal(err)
	}
	id := w.Declare(incident.Declare{Title: "Slow"}, logtest.Act{})
	collect(t, c, 1)
	w.Do(id, incident.AddNote{Text: "secret"}, logtest.Act{})
	collect(t, c, 1)
	c.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.batches) > 0 || f.base != f.at.Sequence {
		t.Errorf("kept %d batches after %d, at %d", len(f.batches), f.base, f.at.Sequence)
	}
}

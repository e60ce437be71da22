package history_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
	"github.com/bridgelog/bridgelog/services/command/internal/history"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// silent is an observer that counts lookups.
type silent struct{ hits, misses int }

func (s *silent) CacheAsked(hit bool) {
	if hit {
		s.hits++
	} else {
		s.misses++
	}
}

func (*silent) Appended(time.Duration, error) {}

func newStore(t *testing.T, log eventlog.Log, b history.Bounds, o history.Observer) *history.Store {
	t.Helper()
	s, err := history.NewStore(log, b, time.Now, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// commit seals events as the next commit of a desk.
func commit(t *testing.T, d *history.Desk, requestID string, events ...incident.Event) []byte {
	t.Helper()
	var drafts []chain.Draft
	for i, e := range events {
		draft, err := record.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		draft.EventID, draft.Actor = fmt.Sprint(d.ID(), d.State.Revision, i, rand.Text()), "ada"
		drafts = append(drafts, draft)
	}
	data, _, err := chain.Seal(d.Head, d.Subject(), drafts, chain.Request{ID: requestID}, time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func open(t *testing.T, s *history.Store, id incident.ID) *history.Desk {
	t.Helper()
	d, err := s.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func write(t *testing.T, d *history.Desk, requestID string, events ...incident.Event) {
	t.Helper()
	if _, err := d.Append(t.Context(), commit(t, d, requestID, events...), nil); err != nil {
		t.Fatal(err)
	}
}

func declared() incident.Event {
	return incident.Declared{Number: 1, Title: "x", Status: incident.StatusTriage, Origin: incident.OriginPerson}
}

func TestAnswersAreFoundPerCaller(t *testing.T) {
	log := memory.New(memory.Options{})
	s := newStore(t, log, history.Bounds{Entries: 10, Bytes: 1 << 20}, &silent{})
	d := open(t, s, "a")
	write(t, d, "r1", declared())
	write(t, d, "r2", incident.NoteAdded{Text: "x"}, incident.EntryPinned{Entry: 2, Pinned: true})
	d.Close()
	// A store that has folded nothing finds the same.
	for _, s := range []*history.Store{s, newStore(t, log, history.Bounds{Entries: 10, Bytes: 1 << 20}, &silent{})} {
		d := open(t, s, "a")
		if got, ok := d.Answer("ada", "r2"); !ok || got != (history.Answer{Sequence: 2, First: 2, Last: 3}) {
			t.Errorf("got %+v, %v", got, ok)
		}
		for caller, id := range map[string]string{"ben": "r2", "adar": "2", "ada": "r3", "": "adar2"} {
			if _, ok := d.Answer(caller, id); ok {
				t.Errorf("%q has an answer to %q", caller, id)
			}
		}
		d.Close()
	}
}

func TestRefreshSeesWhatOthersWrote(t *testing.T) {
	log := memory.New(memory.Options{})
	bounds := history.Bounds{Entries: 10, Bytes: 1 << 20}
	mine, theirs := newStore(t, log, bounds, &silent{}), newStore(t, log, bounds, &silent{})
	d := open(t, mine, "a")
	write(t, d, "", declared())
	d.Close()
	other := open(t, theirs, "a")
	write(t, other, "", incident.NoteAdded{Text: "theirs"})
	other.Close()

	d = open(t, mine, "a")
	defer d.Close()
	if d.State.Revision != 1 {
		t.Fatalf("the cache is at revision %d, want 1", d.State.Revision)
	}
	if _, err := d.Append(t.Context(), commit(t, d, "", incident.Acknowledged{}), nil); !errors.Is(err, eventlog.ErrConflict) {
		t.Fatalf("an append on what is old got %v, want a conflict", err)
	}
	moved, err := d.Refresh(t.Context())
	if !moved || err != nil || d.State.Revision != 2 {
		t.Errorf("got %v, %v at revision %d", moved, err, d.State.Revision)
	}
	if moved, err := d.Refresh(t.Context()); moved || err != nil {
		t.Errorf("again: got %v, %v", moved, err)
	}
	write(t, d, "", incident.Acknowledged{})
}

func TestWhatWasSeen(t *testing.T) {
	log := memory.New(memory.Options{})
	bounds := history.Bounds{Entries: 10, Bytes: 1 << 20}
	mine, theirs := newStore(t, log, bounds, &silent{}), newStore(t, log, bounds, &silent{})
	d := open(t, mine, "a")
	write(t, d, "", declared())
	d.Close()
	other := open(t, theirs, "a")
	write(t, other, "", incident.NoteAdded{Text: "before the request"})
	other.Close()

	d = open(t, mine, "a")
	other = open(t, theirs, "a")
	write(t, other, "", incident.NoteAdded{Text: "after the request came"})
	other.Close()
	if err := d.Moved(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d.State.Revision != 3 || d.Seen.Revision != 2 {
		t.Errorf("state is at %d and seen at %d, want 3 and 2", d.State.Revision, d.Seen.Revision)
	}
	d.Close()
}

func TestTheQueueIsInOrder(t *testing.T) {
	s := newStore(t, memory.New(memory.Options{}), history.Bounds{Entries: 10, Bytes: 1 << 20}, &silent{})
	first := open(t, s, "a")
	// Others do not wait.
	open(t, s, "b").Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Open(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting without time got %v", err)
	}
	inside := 0
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() {
			d, err := s.Open(t.Context(), "a")
			if err != nil {
				t.Error(err)
				return
			}
			inside++ // the race detector sees two at once
			d.Close()
		})
	}
	first.Close()
	running.Wait()
	if inside != 8 {
		t.Errorf("%d got their turn, want 8", inside)
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	for name, b := range map[string]history.Bounds{
		"entries": {Entries: 3, Bytes: 1 << 20},
		"bytes":   {Entries: 100, Bytes: 6000},
	} {
		t.Run(name, func(t *testing.T) {
			o := &silent{}
			s := newStore(t, memory.New(memory.Options{}), b, o)
			for i := range 20 {
				d := open(t, s, incident.ID(fmt.Sprint("i", i)))
				write(t, d, "r", declared())
				d.Close()
				if entries, bytes := s.Stats(); entries > 3 || bytes > max(b.Bytes, 6000) || entries == 0 {
					t.Fatalf("after %d incidents it holds %d of %d bytes", i+1, entries, bytes)
				}
			}
			open(t, s, "i19").Close()
			open(t, s, "i0").Close()
			if o.hits != 1 || o.misses != 21 {
				t.Errorf("got %d hits and %d misses, want the newest kept and the oldest gone", o.hits, o.misses)
			}
		})
	}
}

func TestADamagedEntryIsNotKept(t *testing.T) {
	log := memory.New(memory.Options{})
	s := newStore(t, log, history.Bounds{Entries: 10, Bytes: 1 << 20}, &silent{})
	d := open(t, s, "a")
	draft := chain.Draft{EventID: "e", Type: "incident.declared", Facts: []byte{0xff}, Actor: "ada"}
	data, _, err := chain.Seal(d.Head, d.Subject(), []chain.Draft{draft}, chain.Request{}, time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Append(t.Context(), data, nil); !errors.Is(err, record.ErrMalformed) {
		t.Errorf("got %v, want ErrMalformed", err)
	}
	d.Close()
	if _, err := s.Open(t.Context(), "a"); !errors.Is(err, record.ErrMalformed) {
		t.Errorf("got %v, want ErrMalformed", err)
	}
	if entries, _ := s.Stats(); entries != 0 {
		t.Errorf("%d histories are kept", entries)
	}
}

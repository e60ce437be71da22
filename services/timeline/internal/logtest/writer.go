package logtest

import (
	"crypto/rand"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
)

// Writer writes incidents to a log. Its methods are safe for concurrent use, but
// those of one incident must not be called at once.
type Writer struct {
	tb  testing.TB
	Log eventlog.Log

	mu     sync.Mutex
	number uint64
	event  uint64
	known  map[incident.ID]*written
}

// written is an incident as far as it was written.
type written struct {
	state incident.State
	head  chain.Head
	last  uint64
	// redacted are the entries that Random redacted.
	redacted map[uint64]bool
}

// Act says who does something and when; the zero Act is by ada, now.
type Act struct {
	Actor incident.PersonID
	// Now is when it is written down; Happened when it happened. Zero: now.
	Now, Happened time.Time
	// TraceParent is the trace of the request.
	TraceParent string
}

// New returns a writer to a log.
func New(tb testing.TB, log eventlog.Log) *Writer {
	tb.Helper()
	return &Writer{tb: tb, Log: log, known: map[incident.ID]*written{}}
}

// Declare declares an incident and returns its id. The number is the next one.
func (w *Writer) Declare(d incident.Declare, a Act) incident.ID {
	w.tb.Helper()
	w.mu.Lock()
	w.number++
	d.Number = w.number
	id := incident.ID(fmt.Sprintf("inc%05d", w.number))
	w.known[id] = &written{}
	w.mu.Unlock()
	w.Do(id, d, a)
	return id
}

// Do gives a command and returns the position of what was recorded. A refused
// command, or one that changes nothing, fails the test.
func (w *Writer) Do(id incident.ID, cmd incident.Command, a Act) eventlog.Position {
	w.tb.Helper()
	a.fill()
	events, err := incident.Decide(w.of(id).state, cmd, a.context())
	if err != nil || len(events) == 0 {
		w.tb.Fatalf("%s on %s: %d events, %v", cmd.Name(), id, len(events), err)
	}
	recorded, err := drafts(events, a)
	if err != nil {
		w.tb.Fatal(err)
	}
	return w.Append(id, recorded, a)
}

func (w *Writer) of(id incident.ID) *written {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.known[id]
}

// Append records drafts whatever the domain says of them. Their event ids are
// made.
func (w *Writer) Append(id incident.ID, drafts []chain.Draft, a Act) eventlog.Position {
	w.tb.Helper()
	data, head := w.Seal(id, drafts, a)
	k := w.of(id)
	p, err := w.Log.Append(w.tb.Context(), eventlog.Append{Subject: "incident." + string(id), Expect: k.last, Data: data})
	if err != nil {
		w.tb.Fatalf("append: %v", err)
	}
	w.learn(k, data, head, p)
	return p
}

// Seal makes the commit that would be appended next.
func (w *Writer) Seal(id incident.ID, drafts []chain.Draft, a Act) ([]byte, chain.Head) {
	w.tb.Helper()
	for i := range drafts {
		w.mu.Lock()
		w.event++
		drafts[i].EventID = fmt.Sprintf("event%06d", w.event)
		w.mu.Unlock()
	}
	data, head, err := chain.Seal(w.of(id).head, "incident."+string(id), drafts, chain.Request{TraceParent: a.TraceParent}, a.Now, rand.Reader)
	if err != nil {
		w.tb.Fatalf("seal: %v", err)
	}
	return data, head
}

// learn keeps what was appended.
func (w *Writer) learn(k *written, data []byte, head chain.Head, p eventlog.Position) {
	w.tb.Helper()
	commit, err := chain.Open(data)
	if err != nil {
		w.tb.Fatal(err)
	}
	for i := range commit.Records {
		// What cannot be decoded is what some tests want.
		if r, err := record.Decode(commit.Records[i]); err == nil {
			k.state = incident.Evolve(k.state, r)
		}
	}
	k.head, k.last = head, p.Sequence
}

// Redact redacts an entry as command does: with a replacement and the erasure of
// the original.
func (w *Writer) Redact(id incident.ID, entry uint64, a Act) eventlog.Position {
	w.tb.Helper()
	if a.Now.IsZero() {
		a.Now = time.Now()
	}
	draft, err := record.Encode(incident.EntryRedacted{Entry: entry, ReasonCode: "secret"})
	if err != nil {
		w.tb.Fatal(err)
	}
	draft.Actor = "ada"
	data, head := w.Seal(id, []chain.Draft{draft}, a)
	k := w.of(id)
	subject := "incident." + string(id)
	p, err := eventlog.Redact(w.tb.Context(), w.Log, eventlog.Redaction{
		Subject: subject, Revision: entry, Entry: eventlog.Append{Subject: subject, Expect: k.last, Data: data},
	})
	if err != nil {
		w.tb.Fatalf("redact: %v", err)
	}
	w.learn(k, data, head, p)
	return p
}

// Revision is that of the incident's last event.
func (w *Writer) Revision(id incident.ID) uint64 { return w.of(id).state.Revision }

// Reserve returns the id of an incident of which nothing is written yet.
func (w *Writer) Reserve() incident.ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.number++
	id := incident.ID(fmt.Sprintf("inc%05d", w.number))
	w.known[id] = &written{}
	return id
}

// AppendRound records one draft on each of several incidents, at most
// [eventlog.MaxBatch], in one batch.
func (w *Writer) AppendRound(ids []incident.ID, draft func(n int) chain.Draft) {
	w.tb.Helper()
	batch := make([]eventlog.Append, len(ids))
	heads := make([]chain.Head, len(ids))
	for n, id := range ids {
		data, head := w.Seal(id, []chain.Draft{draft(n)}, Act{Now: time.Now()})
		batch[n] = eventlog.Append{Subject: "incident." + string(id), Expect: w.of(id).last, Data: data}
		heads[n] = head
	}
	positions, err := w.Log.AppendBatch(w.tb.Context(), batch)
	if err != nil {
		w.tb.Fatalf("append: %v", err)
	}
	for n, id := range ids {
		k := w.of(id)
		k.head, k.last = heads[n], positions[n].Sequence
	}
}

package clocks_test

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	"github.com/bridgelog/bridgelog/pkg/wait"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/clocks"
)

const id = incident.ID("inc1")

// world is a log, a time, and whoever writes.
type world struct {
	t    *testing.T
	log  *memory.Log
	now  atomic.Int64 // minutes since begin
	desk incidentlogtest.Desk
	// looks is how often a keeper looked at what is due, and recordedIn how often when
	// it last recorded something.
	looks, recordedIn atomic.Int64
}

func begin() time.Time { return time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC) }

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, log: memory.New(memory.Options{})}
	w.desk = incidentlogtest.Desk{Log: w.log, Now: w.time}
	return w
}

func (w *world) time() time.Time { return begin().Add(time.Duration(w.now.Load()) * time.Minute) }

// commands records as command does: decided by the domain, refused when the etag is
// old, in conflict when another one is quicker.
type commands struct {
	incidentv1.CommandServiceClient

	w *world
	// lost makes some answers get lost after the work was done.
	lost  bool
	calls atomic.Int64
}

func (c *commands) RecordClock(ctx context.Context, r *incidentv1.RecordClockRequest, _ ...grpc.CallOption) (*incidentv1.RecordClockResponse, error) {
	n := c.calls.Add(1)
	c.w.recordedIn.Store(c.w.looks.Load())
	entries, err := incidentlog.Load(ctx, c.w.log, incident.ID(r.GetIncident()), 0)
	if err != nil {
		return nil, err
	}
	if r.GetEtag() != strconv.Itoa(len(entries)) {
		return nil, status.Error(codes.Aborted, "the incident has moved on")
	}
	written, err := c.w.desk.Do(ctx, incident.ID(r.GetIncident()), incident.RecordClock{
		Run:       incident.ClockRun{Clock: r.GetRun().GetClock(), Subject: r.GetRun().GetSubject(), Start: r.GetRun().GetStart()},
		Threshold: incident.ClockThreshold(r.GetThreshold()), Due: r.GetDueTime().AsTime(), Late: r.GetLate(),
		Policy: r.GetPolicy(), PolicyRevision: r.GetPolicyRevision(),
	})
	switch {
	case err != nil:
		return nil, status.Error(codes.Aborted, err.Error())
	case c.lost && n%3 == 0:
		return nil, status.Error(codes.Unavailable, "the answer was lost")
	}
	return &incidentv1.RecordClockResponse{Result: &incidentv1.WriteResult{Unchanged: len(written) == 0}}, nil
}

// watch runs a keeper until the test ends or stop is called.
func (w *world) watch(c *commands) (stop func()) {
	w.t.Helper()
	return w.watchBy(c, incidentlogtest.Follow(w.t, w.log), 2*time.Millisecond)
}

// watchBy is watch with this catalog, looked at the clock this often.
func (w *world) watchBy(c *commands, f *catalog.Follower, beat time.Duration) (stop func()) {
	w.t.Helper()
	keeper := clocks.Keeper{
		Log: w.log, Catalog: f, Commands: c, Logger: slog.New(slog.DiscardHandler), Beat: beat,
		Now: func() time.Time { w.looks.Add(1); return w.time() },
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := keeper.Run(ctx); ctx.Err() == nil {
			w.t.Errorf("the keeper ended: %v", err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	w.t.Cleanup(stop)
	return stop
}

// recorded is what the log says of clocks, in its order.
func (w *world) recorded() []string {
	w.t.Helper()
	entries, err := incidentlog.Load(context.Background(), w.log, id, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		name, isClock := strings.CutPrefix(e.Event.Type(), "incident.clock_")
		if !isClock {
			continue
		}
		run, policy := incident.ClockRun{}, ""
		if e, ok := e.Event.(incident.ClockWarned); ok {
			run, policy = e.Run, e.Policy
		}
		if e, ok := e.Event.(incident.ClockBreached); ok {
			run, policy = e.Run, e.Policy
		}
		if e, ok := e.Event.(incident.ClockMet); ok {
			run, policy = e.Run, e.Policy
			if e.Late {
				name += " late"
			}
		}
		all = append(all, fmt.Sprintf("%s%s#%d %s by %s", run.Clock, run.Subject, run.Start, name, policy))
	}
	return all
}

// eventually waits until the log says something of clocks.
func (w *world) eventually(want ...string) {
	w.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		got := strings.Join(w.recorded(), "\n")
		missing := ""
		for _, one := range want {
			if !strings.Contains(got, one) {
				missing = one
			}
		}
		switch {
		case missing == "":
			return
		case time.Now().After(deadline):
			w.t.Fatalf("%q is not recorded:\n%s", missing, got)
		}
		_ = wait.For(context.Background(), time.Millisecond)
	}
}

// once fails when something was recorded twice.
func (w *world) once() {
	w.t.Helper()
	seen := map[string]bool{}
	for _, one := range w.recorded() {
		if seen[one] {
			w.t.Errorf("%s is recorded twice", one)
		}
		seen[one] = true
	}
}

func (w *world) declare() {
	w.desk.Must(w.t, id, incident.Declare{Number: 1, Title: "Checkout returns 502", Severity: incident.SEV1})
}

func TestWhatAClockPassesIsRecorded(t *testing.T) {
	w := newWorld(t)
	stop := w.watch(&commands{w: w})
	w.declare()
	w.now.Store(4)
	w.eventually("acknowledge#1 warned by sev-1")
	w.now.Store(6)
	w.eventually("acknowledge#1 breached by sev-1")
	w.desk.Must(t, id, incident.Acknowledge{})
	w.eventually("acknowledge#1 met late by sev-1")
	w.now.Store(13)
	w.eventually("first_external#1 breached by sev-1", "internal_update#1 warned by sev-1")
	w.desk.Must(t, id, incident.RecordLegalEvent{Regime: "gdpr", Event: incident.LegalAware})
	w.now.Store(13 + 61*60)
	w.eventually("legalgdpr/notification#", "warned by gdpr", "internal_update#1 breached by sev-1")
	before := w.recorded()
	stop()
	// What was recorded is not recorded again by the next one, and what came due while
	// nobody watched is made up for.
	w.watch(&commands{w: w})
	w.now.Add(12 * 60)
	w.eventually("breached by gdpr")
	if got := len(w.recorded()); got != len(before)+1 {
		t.Errorf("%d are recorded, want one more than %d:\n%s", got, len(before), strings.Join(w.recorded(), "\n"))
	}
	w.once()
}

// A policy that changes concerns those to whom nothing happens, too, whoever is looked at
// first under it.
func TestAChangedPolicyConcernsAll(t *testing.T) {
	w := newWorld(t)
	f := incidentlogtest.Follow(t, w.log)
	c := &commands{w: w}
	w.watchBy(c, f, time.Hour)
	w.declare()
	w.now.Store(4)
	w.desk.Must(t, id, incident.AddNote{Text: "looking"})
	w.eventually("acknowledge#1 warned by sev-1")
	for w.looks.Load() == w.recordedIn.Load() { // What was recorded is looked at, too.
		_ = wait.For(t.Context(), time.Millisecond)
	}
	incidentlogtest.Apply(t, w.log, f, incidentlogtest.YAML(t, "{kind: ClockPolicy, name: sev-1, spec: {rules: [{clock: acknowledge, within: 3m}]}}")...)
	w.desk.Must(t, "inc2", incident.Declare{Number: 2, Title: "Something else", Severity: incident.SEV3})
	w.eventually("acknowledge#1 breached by sev-1")
}

// However many watch, and whatever answers get lost, each threshold is written once.
func TestClocksAreRecordedOnceHoweverManyWatch(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.watch(&commands{w: w, lost: true})
	}
	w.declare()
	w.now.Store(4)
	w.eventually("acknowledge#1 warned")
	w.now.Store(30)
	w.eventually("acknowledge#1 breached", "first_external#1 breached", "internal_update#1 breached")
	w.desk.Must(t, id, incident.PostUpdate{Text: "looking"}) // the clock runs anew
	w.now.Store(60)
	w.eventually("internal_update#")
	w.desk.Must(t, id, incident.Acknowledge{})
	w.eventually("acknowledge#1 met late")
	w.once()
	w.untouched()
}

// untouched: what machines say of clocks is no update for the team.
func (w *world) untouched() {
	w.t.Helper()
	entries, err := incidentlog.Load(w.t.Context(), w.log, id, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	var h clock.History
	var update uint64
	for _, e := range entries {
		h.Apply(e.Recorded)
		if e.Event.Type() == (incident.UpdatePosted{}).Type() {
			update = e.Revision
		}
	}
	if got := h.Facts().InternalUpdate.Revision; got != update {
		w.t.Errorf("the last update for the team is entry %d, want %d", got, update)
	}
}

// A new watcher does not dig out what nobody was asked long ago, and imports and
// planned work have no clocks.
func TestWhatIsOldIsNotRecorded(t *testing.T) {
	w := newWorld(t)
	w.declare()
	w.desk.Must(t, "inc2", incident.Declare{Number: 2, Title: "imported", Severity: incident.SEV1, Origin: incident.OriginImport})
	w.now.Store(60 * 24 * 30)
	w.desk.Must(t, "inc3", incident.Declare{Number: 3, Title: "new", Severity: incident.SEV1})
	c := &commands{w: w}
	w.watch(c)
	w.now.Add(6)
	deadline := time.Now().Add(30 * time.Second)
	for c.calls.Load() == 0 && time.Now().Before(deadline) { // the new one is recorded
		_ = wait.For(context.Background(), time.Millisecond)
	}
	if got := w.recorded(); len(got) > 0 || c.calls.Load() == 0 {
		t.Errorf("recorded of the old one: %v; %d calls", got, c.calls.Load())
	}
}

package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// Open knows from the log which incidents are worked on, by service. It reads the
// incidents when it is first asked: a system whose routes never ask does not pay for it.
type Open struct {
	log   eventlog.Reader
	asked func() // lets Run begin
	begin <-chan struct{}

	mu      sync.Mutex
	states  map[incident.ID]incident.State // those that are open
	unread  map[incident.ID]bool           // those that could not be read: the next message tries again
	through wait.Mark                      // folded up to this sequence
}

// Prepare lets Run read the incidents before somebody asks for them, so that nobody waits
// for that.
func (o *Open) Prepare() { o.asked() }

// NewOpen returns an index that is empty until Run.
func NewOpen(log eventlog.Reader) *Open {
	begin := make(chan struct{})
	return &Open{
		log: log, asked: sync.OnceFunc(func() { close(begin) }), begin: begin,
		states: map[incident.ID]incident.State{}, unread: map[incident.ID]bool{},
	}
}

// Run follows the log from when somebody asks until ctx ends, then returns nil; or it
// returns why the log cannot be followed.
func (o *Open) Run(ctx context.Context) error {
	select {
	case <-o.begin:
	case <-ctx.Done():
		return nil
	}
	err := o.log.TailSubjects(ctx, eventlog.FilterIncidents, 0, func(m eventlog.Message) error { return o.apply(ctx, m) })
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("follow incidents: %w", err)
}

// apply folds a message. Of an incident that was over and is open again the whole is read;
// what else happens to one that is over is passed by. One that cannot be read takes no
// alerts until its next message, with which the whole is read again; its error is ctx's.
func (o *Open) apply(ctx context.Context, m eventlog.Message) error {
	id := incident.ID(strings.TrimPrefix(m.Subject, incidentlog.SubjectPrefix))
	o.mu.Lock()
	state, known := o.states[id]
	unread := o.unread[id]
	o.mu.Unlock()
	entries, err := incidentlog.Open(m)
	if err == nil && !known && len(entries) > 0 && entries[0].Envelope.Revision > 1 {
		if unread || opens(entries) {
			entries, err = o.load(ctx, id, m.Sequence)
		} else {
			entries = nil
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		state, entries = incident.State{}, nil
	}
	for _, e := range entries {
		state = incident.Evolve(state, e.Recorded)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if delete(o.states, id); state.Open() {
		o.states[id] = state
	}
	if delete(o.unread, id); err != nil {
		o.unread[id] = true
	}
	o.through.Reach(m.Sequence)
	return nil
}

// opens tells whether an incident that was over is open again after what happened to it.
func opens(entries []incidentlog.Entry) bool {
	state := incident.State{Status: incident.StatusClosed}
	for _, e := range entries {
		state = incident.Evolve(state, e.Recorded)
	}
	return state.Open()
}

// load reads the whole of an incident up to a message; it waits for a log that is away.
func (o *Open) load(ctx context.Context, id incident.ID, until uint64) ([]incidentlog.Entry, error) {
	for rest := firstWait; ; rest = min(2*rest, longestWait) {
		entries, err := incidentlog.Load(ctx, o.log, id, until)
		if !errors.Is(err, eventlog.ErrUnavailable) || wait.For(ctx, rest) != nil {
			return entries, err
		}
	}
}

// Of returns the open incident of a service that was declared last, as the log has it
// now; "" when there is none. Private incidents, practice and planned work are not for
// alerts. One that has the alert already comes first: the process may have died after it
// was chosen.
func (o *Open) Of(ctx context.Context, service string, alert incident.AlertID) (string, error) {
	o.asked()
	if err := eventlog.CatchUp(ctx, o.log, eventlog.FilterIncidents, &o.through); err != nil {
		return "", err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	var last incident.State
	for id, s := range o.states {
		if s.HasAlert(alert) {
			return string(id), nil
		}
		fits := !s.Private && !s.Drill && !s.Frozen && s.Kind == incident.Unplanned && slices.Contains(s.Services(), service)
		if fits && s.Number > last.Number {
			last = s
		}
	}
	return string(last.ID), nil
}

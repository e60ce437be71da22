package act

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
	"github.com/bridgelog/bridgelog/services/notifier/internal/lane"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
)

const (
	// maxBatch is how many messages one transaction takes at most.
	maxBatch = 256
	// DefaultStale is how old an event may be when deliveries are created that go
	// out by themselves.
	DefaultStale = time.Hour
	// importLag tells the history that an import brings from what happened after.
	importLag = time.Minute
)

// Target is a receiver as the catalog has it now.
type Target struct {
	ID             string
	EventTypes     []string
	Severities     []incident.Severity
	Services       []string
	IncludePrivate bool
	// Off: nothing is to be created for it.
	Off bool
}

// wants tells whether the receiver hears of an event.
func (t *Target) wants(typ string, i event.Incident) bool {
	switch {
	case t.Off, i.Private && !t.IncludePrivate, !event.Matches(t.EventTypes, typ):
		return false
	case len(t.Severities) > 0 && !slices.Contains(t.Severities, i.Severity):
		return false
	case len(t.Services) == 0:
		return true
	}
	return slices.ContainsFunc(i.Services, func(s string) bool { return slices.Contains(t.Services, s) })
}

// Actor follows the log and creates deliveries. Its fields are set once, before
// Run.
type Actor struct {
	Log    eventlog.Reader
	Ledger *ledger.Ledger
	Waker  lane.Waker
	Writer event.Writer
	// Targets returns the receivers as they are.
	Targets func(ctx context.Context) ([]Target, error)
	// Stale replaces [DefaultStale].
	Stale time.Duration
	// Now is the clock.
	Now    func() time.Time
	Logger *slog.Logger
	// Started is called each time it is settled from where the actor acts.
	Started func()

	incidents *incidents
	mu        sync.Mutex
	problem   error // why nothing is created at the moment
}

// Check says why nothing is created at the moment, or nil.
func (a *Actor) Check(context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.problem
}

// report notes what keeps the actor from acting.
func (a *Actor) report(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.problem = err
}

// Run creates deliveries until ctx ends. Where it stopped is in the ledger; the
// very first time it begins at the end of the log, since nobody waits for what was
// before. It returns the error that ended it: [ledger.ErrFenced], one of the
// database or the log, or a position that does not belong to the log.
func (a *Actor) Run(ctx context.Context) error {
	var err error
	if a.incidents, err = newIncidents(a.Log); err != nil {
		return fmt.Errorf("act: %w", err)
	}
	at, err := a.Ledger.ActedThrough(ctx)
	if errors.Is(err, ledger.ErrNotStarted) {
		at, err = a.begin(ctx)
	}
	if err != nil {
		a.report(err)
		return fmt.Errorf("act: %w", err)
	}
	a.report(nil)
	a.Started()
	err = a.follow(ctx, at)
	a.report(err)
	return fmt.Errorf("act: %w", err)
}

func (a *Actor) begin(ctx context.Context) (eventlog.Position, error) {
	head, err := a.Log.Head(ctx)
	if err != nil {
		return eventlog.Position{}, err
	}
	if err := a.Ledger.Start(ctx, head); err != nil {
		return eventlog.Position{}, err
	}
	return a.Ledger.ActedThrough(ctx)
}

// follow reads ahead in one goroutine and creates in this one, so that whatever
// has come meanwhile shares a transaction.
func (a *Actor) follow(ctx context.Context, at eventlog.Position) error {
	ctx, cancel := context.WithCancel(ctx)
	messages := make(chan eventlog.Message, maxBatch)
	tail := make(chan error, 1)
	go func() {
		defer close(messages)
		tail <- a.Log.Tail(ctx, at, func(m eventlog.Message) error {
			select {
			case messages <- m:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	err := a.consume(ctx, at, messages)
	cancel()
	if tailErr := <-tail; err == nil {
		err = tailErr
	}
	return err
}

// consume creates deliveries until the channel is closed.
func (a *Actor) consume(ctx context.Context, at eventlog.Position, messages <-chan eventlog.Message) error {
	for first := range messages {
		batch := append(make([]eventlog.Message, 0, maxBatch), first)
		for more := true; more && len(batch) < maxBatch; {
			select {
			case m, open := <-messages:
				if more = open; open {
					batch = append(batch, m)
				}
			default:
				more = false
			}
		}
		next, err := batch[len(batch)-1].Position()
		if err != nil {
			return err
		}
		if err := a.create(ctx, at, next, batch); err != nil {
			return err
		}
		at = next
	}
	return nil
}

// create handles a batch in one transaction.
func (a *Actor) create(ctx context.Context, before, after eventlog.Position, batch []eventlog.Message) error {
	targets, err := a.Targets(ctx)
	if err != nil {
		return err
	}
	return a.Ledger.Create(ctx, before, after, func(c *ledger.Creation) error {
		var wake []string
		for _, m := range batch {
			if !strings.HasPrefix(m.Subject, incidentlog.SubjectPrefix) {
				continue
			}
			more, err := a.message(ctx, c, targets, m)
			if err != nil {
				return err
			}
			wake = append(wake, more...)
		}
		return a.Waker.Wake(ctx, c.Tx(), wake)
	})
}

// message creates the deliveries of one message and returns the lanes to wake. A
// message that cannot be read is passed over: it must not silence all others.
func (a *Actor) message(ctx context.Context, c *ledger.Creation, targets []Target, m eventlog.Message) ([]string, error) {
	entries, err := incidentlog.Open(m)
	if err != nil {
		a.Logger.ErrorContext(ctx, "an entry cannot be read and nobody is told of it", "subject", m.Subject, "sequence", m.Sequence, "error", err)
		return nil, nil
	}
	states, err := a.incidents.after(ctx, entries)
	if errors.Is(err, eventlog.ErrUnavailable) || ctx.Err() != nil {
		return nil, err
	}
	if err != nil {
		a.Logger.ErrorContext(ctx, "an incident cannot be read and nobody is told of this entry", "subject", m.Subject, "sequence", m.Sequence, "error", err)
		return nil, nil
	}
	var wake []string
	for i, e := range entries {
		if _, ok := e.Event.(incident.EntryRedacted); ok {
			if err := a.rewrite(ctx, c, e.Incident); err != nil {
				return nil, err
			}
		}
		more, err := a.entry(ctx, c, targets, states[i], e)
		if err != nil {
			return nil, err
		}
		wake = append(wake, more...)
	}
	return wake, nil
}

// entry creates the deliveries of one event.
func (a *Actor) entry(ctx context.Context, c *ledger.Creation, targets []Target, after event.Incident, e incidentlog.Entry) ([]string, error) {
	if !announced(after, e) {
		return nil, nil
	}
	var body []byte
	var wake []string
	for i := range targets {
		if !targets[i].wants(e.Envelope.Type, after) {
			continue
		}
		if body == nil {
			var err error
			if body, err = a.Writer.Body(after, e); err != nil {
				return nil, err
			}
		}
		asleep, err := c.Add(ctx, ledger.Delivery{
			EventID: e.EventID, WebhookID: targets[i].ID, IncidentID: string(e.Incident), Revision: e.Revision,
			EventType: e.Envelope.Type, TraceParent: e.Envelope.TraceParent, Body: body, Held: a.held(e),
		})
		if err != nil {
			return nil, err
		}
		if asleep {
			wake = append(wake, targets[i].ID)
		}
	}
	return wake, nil
}

// held says why an event is not announced without a person: it is old news.
func (a *Actor) held(e incidentlog.Entry) string {
	stale := a.Stale
	if stale == 0 {
		stale = DefaultStale
	}
	if a.Now().Sub(e.RecordedAt) > stale {
		return "it was recorded too long ago when it was noticed"
	}
	return ""
}

// announced tells whether anybody outside hears of the event: practice and
// imported history stay inside.
func announced(i event.Incident, e incidentlog.Entry) bool {
	imported := i.Origin == incident.OriginImport && e.RecordedAt.Sub(e.OccurredAt) > importLag
	return !i.Drill && !imported
}

// rewrite builds the bodies of an incident anew after a redaction.
func (a *Actor) rewrite(ctx context.Context, c *ledger.Creation, id incident.ID) error {
	entries, err := incidentlog.Load(ctx, a.Log, id, 0)
	if err != nil {
		return err
	}
	a.incidents.forget(id)
	bodies := make(map[string][]byte, len(entries))
	var state event.Incident
	for _, e := range entries {
		state = state.Evolve(e)
		if bodies[e.EventID], err = a.Writer.Body(state, e); err != nil {
			return err
		}
	}
	return c.Rewrite(ctx, string(id), bodies)
}

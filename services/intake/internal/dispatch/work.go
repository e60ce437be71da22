package dispatch

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"github.com/bridgelog/bridgelog/pkg/alert"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/route"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

const (
	// atOnce is how many alerts are worked on side by side: their appends share
	// what the disk syncs.
	atOnce = 48
	// maxWaiting bounds the alerts of which each has a goroutine.
	maxWaiting = 512
)

// arrival is one alert as a signal brought it.
type arrival struct {
	source  string
	alert   *source.Alert
	remark  *source.Remark // what is said beside the state of the alert; else nil
	signal  string         // id of the raw signal
	sender  string         // principal whose token it carried
	at      time.Time      // when the signal arrived
	rule    route.Rule
	span    trace.SpanContext // of the signal
	taken   bool              // whether a rule takes it
	group   string            // what it belongs to; empty when no rule takes it
	decided func()            // says that its incident is chosen
	due     string            // id of the alert that is looked at again; "" of what a signal brought
	aside   *aside            // sets its signal aside; nil when no signal brought it

	flap     alert.Flapping // how the condition of an episode that begins comes and goes
	flapping string         // the incident of the episode before, where that was flapping
}

// work is a batch of signals that is being handled.
//
// Alerts are worked on side by side, with two exceptions. What is said of one
// alert is said in order. And the incident of an alert is chosen after those of
// all that came before it in its group, so that a group that has none declares
// one. Incidents are settled when all alerts of the batch are in the log.
type work struct {
	*Dispatcher

	arrivals []arrival
	told     []report // of changes
	ring     bool     // something is due

	mu     sync.Mutex
	chosen map[string]choice // by group, in this batch
	over   []string          // incidents of alerts that ended, in order, once each
}

// choice is the incident of a group.
type choice struct {
	incident string
	at       time.Time // when the alert arrived for which it was chosen
}

func newWork(d *Dispatcher) *work { return &work{Dispatcher: d, chosen: map[string]choice{}} }

// read takes what a signal says. Its error is ctx's.
func (w *work) read(ctx context.Context, s *signalv1.RawSignal) error {
	if s.GetDue() {
		w.ring = true
		return nil
	}
	if s.GetUnread() != "" || s.GetReplayed() {
		return nil // kept until somebody replays it
	}
	from, ok := w.Sources.Find(s.GetSource())
	if !ok {
		return w.setAside(ctx, s, errors.New("no such source"))
	}
	batch, err := from.Parse(source.SignalOf(s))
	if err != nil {
		return w.setAside(ctx, s, err)
	}
	rules := w.Rules()
	all := arrival{
		span: trace.SpanContextFromContext(ctx), source: from.Name(), signal: s.GetId(), sender: s.GetPrincipal(),
		at: time.UnixMicro(s.GetReceivedAtUs()).UTC(), aside: &aside{signal: s},
	}
	for i := range batch.Alerts {
		in := all
		in.alert = &batch.Alerts[i]
		if in.rule, in.taken = route.Match(rules, in.source, in.alert.Labels); in.taken {
			in.group = w.groupOf(in, cmp.Or(in.alert.GroupKey, batch.GroupKey))
		}
		w.arrivals = append(w.arrivals, in)
	}
	w.arrivals = append(w.arrivals, remarks(batch, all)...)
	w.told = append(w.told, w.reports(batch, all)...)
	return nil
}

// groupOf is what an alert belongs to that its rule takes; senders is the sender's key.
func (w *work) groupOf(in arrival, senders string) string {
	if in.rule.GroupByService {
		if service := w.concerned(in); service != "" {
			return alert.Group("", in.rule.Name, in.rule.GroupKey("", in.alert.Labels)+" of "+service)
		}
	}
	return alert.Group(in.source, in.rule.Name, in.rule.GroupKey(senders, in.alert.Labels))
}

// run tells of all changes while it works on all alerts, and then settles their
// incidents.
func (w *work) run(ctx context.Context) error {
	group, both := errgroup.WithContext(ctx)
	group.Go(func() error { return w.tell(both) })
	group.Go(func() error { return w.all(both) })
	if err := group.Wait(); err != nil {
		return err
	}
	if err := w.settleAll(ctx); err != nil || !w.ring {
		return err
	}
	if err := w.keep(ctx); err != nil {
		return err
	}
	return w.settleAll(ctx)
}

// all works on the arrivals that there are.
func (w *work) all(ctx context.Context) error {
	for some := range slices.Chunk(w.arrivals, maxWaiting) {
		if err := w.together(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// settleAll settles the incidents of alerts that ended.
func (w *work) settleAll(ctx context.Context) error {
	over := w.over
	w.over = nil
	for _, id := range over {
		err := w.insist(ctx, "", "", func(ctx context.Context) error { return w.settle(ctx, id) })
		if err != nil {
			return err
		}
	}
	return nil
}

// together works on alerts side by side, each after those that it depends on.
func (w *work) together(ctx context.Context, some []arrival) error {
	group, ctx := errgroup.WithContext(ctx)
	slots := make(chan struct{}, atOnce)
	alerts, groups := chain{}, chain{}
	for _, in := range some {
		said, done := alerts.link(in.source + " " + in.alert.Fingerprint)
		before, decided := closed(), func() {}
		if in.alert.Firing && in.group != "" {
			before, decided = groups.link(in.group)
		}
		in.decided = decided
		group.Go(func() error {
			defer done()
			defer decided()
			for _, wait := range []<-chan struct{}{said, before} {
				select {
				case <-wait:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			slots <- struct{}{} // held only by work that ends with ctx
			defer func() { <-slots }()
			return w.one(ctx, in)
		})
	}
	return group.Wait()
}

// one brings one alert into the log.
func (w *work) one(ctx context.Context, in arrival) error {
	ctx = trace.ContextWithSpanContext(ctx, in.span)
	never, err := w.attempt(ctx, in.signal, w.step(in))
	if never == nil {
		return err
	}
	return w.salvage(ctx, in, never)
}

// step is one attempt to bring an alert into the log.
func (w *work) step(in arrival) func(context.Context) error {
	return func(ctx context.Context) error {
		outcome, err := w.handle(ctx, in)
		if err == nil {
			w.Metrics.alert(in.source, outcome)
		}
		return err
	}
}

// ended notes that an alert of an incident is over.
func (w *work) ended(incident string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if incident != "" && !slices.Contains(w.over, incident) {
		w.over = append(w.over, incident)
	}
}

// chain orders what has the same key.
type chain map[string]<-chan struct{}

// link returns a channel that is closed when what came before is done, and the
// function that says that this is done.
func (c chain) link(key string) (before <-chan struct{}, done func()) {
	before, ok := c[key]
	if !ok {
		before = closed()
	}
	own := make(chan struct{})
	c[key] = own
	return before, sync.OnceFunc(func() { close(own) })
}

// closed returns a channel on which nobody waits.
func closed() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

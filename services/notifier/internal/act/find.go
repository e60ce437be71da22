package act

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/page"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
)

// importLag tells the history that an import brings from what happened after.
const importLag = time.Minute

// finding collects what has to be done about a batch of messages.
type finding struct {
	actor      *Actor
	deliveries []ledger.Delivery
	redacted   []incident.ID
	// told are the incidents that somebody is told of, as they are after the last
	// such event; reread those that were redacted, as they are now.
	told   map[incident.ID]event.Incident
	reread []event.Incident
	// veiled became private or are not any more: deliveries of them may be seen by
	// others from now on.
	veiled []incident.ID
	// tees are alerts to be forwarded, moved those to which something happened, noted those
	// of which a machine said something.
	tees  []ledger.Tee
	moved []string
	noted []string
	// ways are those by which people are told of pages, turned alerts whose pages have to be
	// looked at again.
	ways   []ledger.PageWay
	turned []string
}

// silent tells whether nothing but deliveries was found.
func (f *finding) silent() bool {
	return len(f.reread)+len(f.tees)+len(f.moved)+len(f.noted)+len(f.ways)+len(f.turned) == 0
}

// show returns what brings the view up to date in the transaction that creates the
// effects; nil when it is.
func (f *finding) show(ctx context.Context) func(pgx.Tx) error {
	var told []event.Incident
	for id, i := range f.told {
		if shown, ok := f.actor.shown.Get(id); !ok || shown != glimpse(i) {
			told = append(told, i)
		}
	}
	if len(told) == 0 && f.silent() {
		return nil
	}
	return func(tx pgx.Tx) error {
		if err := f.actor.Ledger.AddTees(ctx, tx, f.tees, f.moved, f.noted); err != nil {
			return err
		}
		if err := f.actor.Ledger.AddPageWays(ctx, tx, f.ways, f.turned); err != nil {
			return err
		}
		if err := f.actor.View.Put(ctx, tx, told); err != nil {
			return err
		}
		return f.actor.View.Refresh(ctx, tx, f.reread)
	}
}

// shown remembers what the view says.
func (f *finding) shown() {
	for id, i := range f.told {
		f.actor.shown.Add(id, glimpse(i))
	}
	for _, i := range f.reread {
		f.actor.shown.Remove(i.ID)
	}
}

// glimpse is what the view says of an incident, as one text.
func glimpse(i event.Incident) string {
	return fmt.Sprint(i.Number, i.Severity, i.Status, i.Private, i.Services, i.Title)
}

// receivers are those of the deliveries.
func (f *finding) receivers() []string {
	seen := map[string]bool{}
	for i := range f.deliveries {
		seen[f.deliveries[i].WebhookID] = true
	}
	return slices.Collect(maps.Keys(seen))
}

// message looks at one message, with as little work as it allows: most messages
// concern nobody, and are then neither decoded nor folded. A message that cannot
// be read is passed over: it must not silence all others.
func (f *finding) message(ctx context.Context, m eventlog.Message) error {
	if strings.HasPrefix(m.Subject, alert.SubjectPrefix) {
		return f.alert(ctx, m)
	}
	if paged, ok := strings.CutPrefix(m.Subject, page.SubjectPrefix); ok {
		return f.page(ctx, paged, m)
	}
	id, ok := strings.CutPrefix(m.Subject, incidentlog.SubjectPrefix)
	if !ok {
		return f.person(ctx, m)
	}
	commit, err := chain.Open(m.Data)
	if err != nil {
		return f.unreadable(ctx, m, err)
	}
	if f.redaction(commit) {
		f.actor.incidents.forget(incident.ID(id))
		f.redacted = append(f.redacted, incident.ID(id))
	}
	if has(commit, incident.VisibilityChanged{}) {
		f.veiled = append(f.veiled, incident.ID(id))
	}
	if !f.concerns(incident.ID(id), commit) {
		return nil
	}
	entries, err := incidentlog.Open(m)
	if err != nil {
		return f.unreadable(ctx, m, err)
	}
	states, err := f.actor.incidents.after(ctx, entries)
	if errors.Is(err, eventlog.ErrUnavailable) || ctx.Err() != nil {
		return err
	}
	if err != nil {
		return f.unreadable(ctx, m, err)
	}
	for i, e := range entries {
		if err := f.entry(states[i], e); err != nil {
			return err
		}
	}
	return nil
}

// person looks at a message about a person: when they were erased, whatever names
// them is written anew.
func (f *finding) person(ctx context.Context, m eventlog.Message) error {
	id, erased := catalog.ErasedPerson(m)
	if !erased {
		return nil
	}
	// Bodies are built with the names of today, so the catalog has to know.
	if _, err := f.actor.Catalog.Wait(ctx, m.Sequence); err != nil {
		return err
	}
	incidents, err := f.actor.Ledger.Naming(ctx, id)
	for i := range f.deliveries { // not there yet
		if bytes.Contains(f.deliveries[i].Body, []byte(id)) {
			incidents = append(incidents, f.deliveries[i].IncidentID)
		}
	}
	for _, one := range incidents {
		if !slices.Contains(f.redacted, incident.ID(one)) {
			f.redacted = append(f.redacted, incident.ID(one))
		}
	}
	return err
}

func (f *finding) unreadable(ctx context.Context, m eventlog.Message, err error) error {
	f.actor.Logger.ErrorContext(ctx, "an entry cannot be read and nobody is told of it", "subject", m.Subject, "sequence", m.Sequence, "error", err)
	return nil
}

func (f *finding) redaction(c chain.Commit) bool { return has(c, incident.EntryRedacted{}) }

// has tells whether a commit has an event of the type of one of these.
func has(c chain.Commit, like ...incident.Event) bool {
	return slices.ContainsFunc(c.Records, func(r chain.Record) bool {
		return slices.ContainsFunc(like, func(e incident.Event) bool { return string(r.Type()) == e.Type() })
	})
}

// concerns tells whether any receiver could want one of the events. What filters
// look at changes by three types of events only; for the others the incident as it
// was last folded will do, however old that is. One that nobody wants to hear of is
// not folded, so what was folded before is forgotten.
func (f *finding) concerns(id incident.ID, c chain.Commit) bool {
	targets := f.actor.targets
	filtered := has(c, incident.Declared{}, incident.SeverityChanged{}, incident.VisibilityChanged{})
	if !slices.ContainsFunc(c.Records, func(r chain.Record) bool { return targets.wants(r.Type()) }) {
		if filtered {
			f.actor.incidents.forget(id)
		}
		return false
	}
	known, ok := f.actor.incidents.peek(id)
	return !ok || filtered || slices.ContainsFunc(c.Records, func(r chain.Record) bool {
		return targets.takes(string(r.Type()), known)
	})
}

// entry adds the deliveries of one event.
func (f *finding) entry(after event.Incident, e incidentlog.Entry) error {
	if Silent(after, e) != "" {
		return nil
	}
	var body []byte
	for i := range f.actor.targets.all {
		t := &f.actor.targets.all[i]
		if t.Refuses(e.Envelope.Type, after) != "" {
			continue
		}
		if body == nil {
			var err error
			if body, err = f.actor.Writer.Body(after, e); err != nil {
				return err
			}
		}
		held, why := f.actor.held(e.Sequence, e.RecordedAt)
		f.told[e.Incident] = after
		f.deliveries = append(f.deliveries, ledger.Delivery{
			EventID: e.EventID, WebhookID: t.ID, IncidentID: string(e.Incident), Revision: e.Revision, Sequence: e.Sequence,
			EventType: e.Envelope.Type, TraceParent: e.Envelope.TraceParent, Body: body, Held: held, Why: why,
		})
	}
	return nil
}

// effects are what was found, without the receivers that were disabled by
// themselves.
func (f *finding) effects(ctx context.Context) (ledger.Effects, error) {
	found := ledger.Effects{Deliveries: f.deliveries}
	for _, id := range f.redacted {
		bodies, now, err := f.actor.bodies(ctx, id)
		if err != nil {
			return found, err
		}
		f.reread = append(f.reread, now)
		found.Rewrites = append(found.Rewrites, ledger.Rewrite{IncidentID: string(id), Bodies: bodies})
	}
	for _, id := range f.veiled {
		entries, err := incidentlog.Load(ctx, f.actor.Log, id, 0)
		if err != nil {
			return found, err
		}
		var now event.Incident
		for _, e := range entries {
			now = now.Evolve(e)
		}
		f.reread = append(f.reread, now)
	}
	if len(found.Deliveries) == 0 {
		return found, nil
	}
	disabled, err := f.actor.Ledger.Disabled(ctx)
	if err != nil {
		return found, err
	}
	revisions := make(map[string]uint64, len(f.actor.targets.all))
	for i := range f.actor.targets.all {
		revisions[f.actor.targets.all[i].ID] = f.actor.targets.all[i].Revision
	}
	found.Deliveries = slices.DeleteFunc(found.Deliveries, func(d ledger.Delivery) bool {
		at, off := disabled[d.WebhookID]
		return off && at == revisions[d.WebhookID]
	})
	return found, nil
}

// Silent says why nobody outside hears of an event, whatever the filters; empty
// when it is announced. Practice and imported history stay inside.
func Silent(i event.Incident, e incidentlog.Entry) string {
	switch {
	case i.Drill:
		return "it is practice"
	case i.Origin == incident.OriginImport && e.RecordedAt.Sub(e.OccurredAt) > importLag:
		return "it is imported history"
	}
	return ""
}

// held says why an event is not announced without a person; the code is empty
// when it is.
func (a *Actor) held(sequence uint64, recorded time.Time) (code, why string) {
	stale := a.Stale
	if stale == 0 {
		stale = DefaultStale
	}
	switch {
	case sequence <= a.uncertain:
		return ledger.HeldUncertain, "an older copy of the database took the place of one that may have sent this: release it or discard it"
	case a.Now().Sub(recorded) > stale:
		return ledger.HeldStale, "it was recorded too long ago when it was noticed"
	}
	return "", ""
}

// bodies builds the bodies of an incident anew after a redaction, by event id, and
// returns the incident as it is now.
func (a *Actor) bodies(ctx context.Context, id incident.ID) (map[string][]byte, event.Incident, error) {
	var state event.Incident
	entries, err := incidentlog.Load(ctx, a.Log, id, 0)
	if err != nil {
		return nil, state, err
	}
	bodies := make(map[string][]byte, len(entries))
	for _, e := range entries {
		state = state.Evolve(e)
		if bodies[e.EventID], err = a.Writer.Body(state, e); err != nil {
			return nil, state, err
		}
	}
	return bodies, state, nil
}

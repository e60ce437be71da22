package dispatch

import (
	"cmp"
	"context"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/alert"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/route"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// Outcomes of what is due, for the metric.
const (
	outcomeSuppressed   = "suppressed"
	outcomeUnsuppressed = "unsuppressed"
)

// keep does what is due: alerts that call nobody from now on, those that may call again,
// and what was flapping and is quiet. It is part of the turn of whoever handles signals, so
// nothing is said of these alerts at the same time.
func (w *work) keep(ctx context.Context) error {
	err := w.insist(ctx, "", "", func(ctx context.Context) error { return w.Index.CatchUp(ctx) })
	if err != nil {
		return err
	}
	firing := w.Index.all()
	w.arrivals = w.arrivals[:0]
	for _, id := range Due(firing, w.Silences(), w.ServiceOf, w.Now()) {
		w.arrivals = append(w.arrivals, w.again(id, firing[id]))
	}
	if err := w.all(ctx); err != nil {
		return err
	}
	for _, id := range w.Index.lasting(w.Now()) {
		if err := w.insist(ctx, "", "", w.insistent(id)); err != nil {
			return err
		}
	}
	for _, f := range w.Index.quiet(w.Now()) {
		if err := w.insist(ctx, "", "", w.calm(f.alert)); err != nil {
			return err
		}
	}
	return nil
}

// again is an alert that is firing as if it had just arrived, without its end.
func (w *work) again(id string, s alert.State) arrival {
	f := s.Fired
	in := arrival{
		due: id, source: f.Source, signal: f.SignalID, at: w.Now(), alert: &source.Alert{
			Fingerprint: f.Fingerprint, Firing: true, StartsAt: f.StartsAt, Title: cmp.Or(f.Title, "Alert from "+f.Source), URL: f.GeneratorURL,
			Labels: f.Labels, Annotations: f.Annotations, Description: f.Annotations["description"],
			RunbookURL: cmp.Or(f.Annotations["runbook_url"], f.Annotations["runbook"]),
		},
	}
	if in.flap = f.Flapping; in.flap.Is() {
		in.flapping = w.Index.comings(f.Source, f.Fingerprint, w.Now()).incident
	}
	if in.rule, in.taken = route.Match(w.Rules(), in.source, f.Labels); in.taken {
		// How the sender groups its alerts is known by the group that it had then.
		in.group = f.Group
		if in.rule.Name != f.Route || f.Group == "" {
			in.group = w.groupOf(in, f.Fingerprint)
		}
	}
	return in
}

// renew says of an alert that is firing whether something keeps it from calling.
func (w *work) renew(ctx context.Context, in arrival) (string, error) {
	id, open := w.Index.Firing(in.source, in.alert.Fingerprint)
	by, suppressed := w.suppressedBy(in)
	switch {
	case id != in.due, suppressed && open.SuppressedLike(by):
		return outcomeNothing, nil
	case suppressed:
		return outcomeSuppressed, w.suppress(ctx, id, by)
	case open.IsSuppressed():
		return outcomeUnsuppressed, w.unsuppress(ctx, in, id, open)
	}
	return outcomeNothing, nil
}

// suppressedBy returns what keeps an alert from calling now, and false when nothing does.
func (w *work) suppressedBy(in arrival) (alert.Suppressed, bool) {
	return w.SuppressedBy(in.source, in.alert)
}

// SuppressedBy returns what would keep an alert of a door from calling now, and false when
// nothing would.
func (d *Dispatcher) SuppressedBy(door string, a *source.Alert) (alert.Suppressed, bool) {
	s := alert.State{Fired: alert.Fired{Source: door, Fingerprint: a.Fingerprint, Labels: a.Labels}}
	return suppressing(d.Silences(), silenceable(s, d.ServiceOf), d.Now())
}

// ServiceOf is the service that an alert concerns: that of its route, else the one in its
// label "service", by the name that the catalog has for it; "" for none.
func (d *Dispatcher) ServiceOf(s alert.State) string {
	name := ""
	if rule, ok := route.Match(d.Rules(), s.Fired.Source, s.Fired.Labels); ok {
		name = rule.ServiceFor(s.Fired.Labels)
	}
	if name = cmp.Or(name, s.Fired.Labels["service"]); name == "" {
		return ""
	}
	return d.Service(name)
}

func (w *work) suppress(ctx context.Context, id string, by alert.Suppressed) error {
	if err := pointBeforeSuppressed.Hit(ctx); err != nil {
		return err
	}
	_, err := w.Alerts.RecordAlertSuppressed(ctx, &signalv1.RecordAlertSuppressedRequest{AlertId: id, By: suppressedByProto(by)})
	if err != nil && !refused(err) {
		return fmt.Errorf("record that the alert is suppressed: %w", err)
	}
	return pointAfterSuppressed.Hit(ctx)
}

func suppressedByProto(by alert.Suppressed) *signalv1.SuppressedBy {
	return &signalv1.SuppressedBy{Kind: by.Kind, Name: by.Name, Id: by.ID, UntilUs: by.Until.UnixMicro(), AtUs: by.At.UnixMicro()}
}

// unsuppress lets an alert call again. One without an incident goes through its route as if
// it had just fired.
func (w *work) unsuppress(ctx context.Context, in arrival, id string, open alert.State) error {
	request := &signalv1.RecordAlertUnsuppressedRequest{AlertId: id, AtUs: w.Now().UnixMicro()}
	if open.Incident() == "" {
		var err error
		if in.taken {
			request.Route, request.Group = in.rule.Name, in.group
		}
		if request.IncidentId, _, err = w.takes(ctx, in); err != nil {
			return err
		}
		if err := w.page(ctx, in); err != nil {
			return err
		}
	}
	if err := pointBeforeUnsuppressed.Hit(ctx); err != nil {
		return err
	}
	if _, err := w.Alerts.RecordAlertUnsuppressed(ctx, request); err != nil && !refused(err) {
		return fmt.Errorf("record that the alert is not suppressed any more: %w", err)
	}
	return pointAfterUnsuppressed.Hit(ctx)
}

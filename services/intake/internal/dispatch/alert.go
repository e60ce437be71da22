package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// Outcomes of an alert, for the metric.
const (
	outcomeDeclared = "declared"
	outcomeJoined   = "joined"
	outcomeListed   = "listed"
	outcomePaged    = "paged"
	outcomeShadowed = "shadowed"
	outcomeRepeated = "repeated"
	outcomeEnded    = "ended"
)

// handle brings one alert into the log and says what became of it.
func (w *work) handle(ctx context.Context, in arrival) (string, error) {
	if err := w.Index.CatchUp(ctx); err != nil {
		return "", err
	}
	if in.remark != nil {
		return w.remark(ctx, in)
	}
	if in.due != "" {
		return w.renew(ctx, in)
	}
	if in.alert.Firing {
		return w.fires(ctx, in)
	}
	return w.ends(ctx, in)
}

// fires handles an alert that is firing. One whose fingerprint is open already
// and did not begin later is the same episode: replicas of a sender may disagree
// about its begin. Where the fingerprint alone counts, so is one that began later.
func (w *work) fires(ctx context.Context, in arrival) (string, error) {
	a := in.alert
	openID, open := w.Index.Firing(in.source, a.Fingerprint)
	if openID != "" && (a.Keyed || !a.StartsAt.After(open.Fired.StartsAt)) {
		return outcomeRepeated, w.pageAgain(ctx, in, open)
	}
	past, err := w.latest(ctx, in)
	switch {
	case err != nil:
		return "", err
	case past.Began() && !in.newsTo(past):
		return outcomeRepeated, w.pageAgain(ctx, in, past)
	case past.Began():
		in = in.from(past.After())
	}
	if openID != "" {
		// The begin of a new episode says that the one before is over.
		if err := w.end(ctx, openID, open.Incident(), a.StartsAt, in.signal); err != nil {
			return "", err
		}
	}
	return w.begin(ctx, in)
}

// maxAgain bounds how often one episode is told of as firing again.
const maxAgain = 10_000

// latest returns the alert that is meant by a source, fingerprint and begin. A
// sender that did not hear of a condition for a while says that it ended, and goes
// on with the old begin when it hears of it again; each time is an episode of its
// own, which begins after the one before.
func (w *work) latest(ctx context.Context, in arrival) (alert.State, error) {
	last, err := w.Index.Past(ctx, alert.ID(in.source, in.alert.Fingerprint, in.alert.StartsAt))
	for range maxAgain {
		if err != nil || !last.Ended() {
			break
		}
		var next alert.State
		next, err = w.Index.Past(ctx, alert.ID(in.source, in.alert.Fingerprint, last.After()))
		if err != nil || !next.Began() {
			break
		}
		last = next
	}
	return last, err
}

// newsTo tells whether the alert came after the signal that ended an episode. Ids
// of signals are in the order of their arrival; a signal that is handled again
// says nothing new.
func (in arrival) newsTo(past alert.State) bool { return past.Ended() && in.signal > past.EndSignal }

// from returns the alert with another begin.
func (in arrival) from(begin time.Time) arrival {
	again := *in.alert
	again.StartsAt = begin
	in.alert = &again
	return in
}

// begin finds or declares the incident, unless something keeps the alert from calling, and
// records that it fired.
func (w *work) begin(ctx context.Context, in arrival) (string, error) {
	var called string
	in.flap, in.flapping, called = w.flapping(in)
	request := firedRequest(in)
	outcome := outcomeSuppressed
	if in.taken {
		request.Route, request.Group = in.rule.Name, in.group
	}
	if by, suppressed := w.suppressedBy(in); suppressed {
		request.SuppressedBy = suppressedByProto(by)
	} else {
		var err error
		if request.IncidentId, outcome, err = w.takes(ctx, in); err != nil {
			return "", &notTakenError{alert.ID(in.source, in.alert.Fingerprint, in.alert.StartsAt), err}
		}
	}
	if err := w.fired(ctx, request); err != nil {
		return "", err
	}
	// What flapped there flaps here now. While it is silenced it still flaps there.
	if in.flapping != request.GetIncidentId() && (request.GetSuppressedBy() == nil || !in.flap.Is()) {
		w.ended(in.flapping)
	}
	if request.GetSuppressedBy() != nil {
		return outcome, nil
	}
	if in.rule.Page && in.flap.Is() && called == in.rule.Name {
		return outcomeListed, nil // its condition has paged, and does again if it lasts
	}
	return outcome, w.page(ctx, in)
}

// takes does what the route of an alert says, and returns the incident that has it then.
func (w *work) takes(ctx context.Context, in arrival) (incident, outcome string, err error) {
	switch {
	case !in.taken || in.rule.List:
		return "", outcomeListed, nil
	case in.rule.Page:
		return "", pagedAs(in), nil // when the alert is in the log
	case in.rule.Attach:
		return w.attach(ctx, in)
	}
	return w.incidentFor(ctx, in)
}

func (w *work) fired(ctx context.Context, request *signalv1.RecordAlertFiredRequest) error {
	if err := pointBeforeFired.Hit(ctx); err != nil {
		return err
	}
	if _, err := w.Alerts.RecordAlertFired(ctx, request); err != nil {
		return fmt.Errorf("record that the alert fired: %w", err)
	}
	return pointAfterFired.Hit(ctx)
}

func firedRequest(in arrival) *signalv1.RecordAlertFiredRequest {
	a := in.alert
	request := &signalv1.RecordAlertFiredRequest{
		Source: in.source, Fingerprint: a.Fingerprint, StartsAtUs: a.StartsAt.UnixMicro(), SignalId: in.signal,
		Title: a.Title, Labels: a.Labels, Annotations: a.Annotations, GeneratorUrl: a.URL,
	}
	if in.flap.Is() {
		request.Flapping = &signalv1.FlappingNow{
			Episodes: int32(in.flap.Episodes), SinceUs: in.flap.Since.UnixMicro(), WindowUs: in.flap.Window.Microseconds(),
		}
	}
	return request
}

// ends handles an alert that is over. The open episode of the fingerprint is meant
// when it had not begun later than the end that is told.
func (w *work) ends(ctx context.Context, in arrival) (string, error) {
	a := in.alert
	id, open := w.Index.Firing(in.source, a.Fingerprint)
	if a.Keyed {
		return w.endsKeyed(ctx, in, id, open)
	}
	if id == "" || a.StartsAt.After(open.Fired.StartsAt) || a.EndsAt.Before(open.Fired.StartsAt) {
		return w.endsPast(ctx, in)
	}
	return outcomeEnded, w.end(ctx, id, open.Incident(), a.EndsAt, in.signal)
}

// endsKeyed handles the end of whatever has the fingerprint. An alert that a later
// signal began is not meant, since this one is handled again then.
func (w *work) endsKeyed(ctx context.Context, in arrival, id string, open alert.State) (string, error) {
	if id == "" || open.Fired.SignalID > in.signal {
		// The process may have died between the end and what follows from it.
		last := w.Index.lastEnded(in.source, in.alert.Fingerprint)
		w.ended(last.incident)
		return outcomeRepeated, w.endAgain(ctx, in, last.id, last.end)
	}
	at := in.alert.EndsAt
	if at.Before(open.Fired.StartsAt) {
		at = open.Fired.StartsAt
	}
	return outcomeEnded, w.end(ctx, id, open.Incident(), at, in.signal)
}

// endsPast handles the end of an alert that is not known to be firing.
func (w *work) endsPast(ctx context.Context, in arrival) (string, error) {
	a := in.alert
	past, err := w.latest(ctx, in)
	if err != nil {
		return "", err
	}
	if past.Ended() {
		// The process may have died between the end and what follows from it.
		w.ended(past.Incident())
		return outcomeRepeated, w.endAgain(ctx, in, alert.ID(past.Fired.Source, past.Fired.Fingerprint, past.Fired.StartsAt), past.EndSignal)
	}
	begin := a.StartsAt
	if !past.Began() {
		// It was over before we heard of it: it is kept, but nobody is called.
		in.flap, in.flapping, _ = w.flapping(in)
		w.ended(in.flapping)
		if err := w.fired(ctx, firedRequest(in)); err != nil {
			return "", err
		}
	} else if begin = past.Fired.StartsAt; a.EndsAt.Before(begin) {
		return outcomeRepeated, nil // the end of an earlier one
	}
	return outcomeEnded, w.end(ctx, alert.ID(in.source, a.Fingerprint, begin), past.Incident(), a.EndsAt, in.signal)
}

// end records that an alert of an incident is over.
func (w *work) end(ctx context.Context, id, incident string, at time.Time, signal string) error {
	if err := pointBeforeEnded.Hit(ctx); err != nil {
		return err
	}
	request := &signalv1.RecordAlertResolvedRequest{AlertId: id, EndsAtUs: at.UnixMicro(), SignalId: signal}
	if _, err := w.Alerts.RecordAlertResolved(ctx, request); err != nil {
		return fmt.Errorf("record that the alert ended: %w", err)
	}
	w.ended(incident)
	return pointAfterEnded.Hit(ctx)
}

// endAgain says again that an alert is over that this very signal ended: what follows for
// its page may not have been written.
func (w *work) endAgain(ctx context.Context, in arrival, id, endSignal string) error {
	if id == "" || endSignal != in.signal {
		return nil
	}
	_, err := w.Alerts.RecordAlertResolved(ctx, &signalv1.RecordAlertResolvedRequest{AlertId: id, EndsAtUs: in.alert.EndsAt.UnixMicro(), SignalId: in.signal})
	if err != nil {
		return fmt.Errorf("repeat that the alert ended: %w", err)
	}
	return nil
}

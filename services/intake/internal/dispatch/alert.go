package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/route"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// arrival is one alert as a signal brought it.
type arrival struct {
	source, groupKey string
	alert            *source.Alert
	signal           string    // id of the raw signal
	at               time.Time // when the signal arrived
}

// Outcomes of an alert, for the metric.
const (
	outcomeDeclared = "declared"
	outcomeJoined   = "joined"
	outcomeListed   = "listed"
	outcomeRepeated = "repeated"
	outcomeEnded    = "ended"
)

// alert brings one alert into the log and says what became of it.
func (d *Dispatcher) alert(ctx context.Context, in arrival) (string, error) {
	if err := d.Index.CatchUp(ctx); err != nil {
		return "", err
	}
	if in.alert.Firing {
		return d.fires(ctx, in)
	}
	return d.ends(ctx, in)
}

// fires handles an alert that is firing. One whose fingerprint is open already
// and did not begin later is the same episode: replicas of a sender may disagree
// about its begin.
func (d *Dispatcher) fires(ctx context.Context, in arrival) (string, error) {
	a := in.alert
	openID, open := d.Index.Firing(in.source, a.Fingerprint)
	if openID != "" && !a.StartsAt.After(open.Fired.StartsAt) {
		return outcomeRepeated, nil
	}
	past, err := d.Index.Past(ctx, alert.ID(in.source, a.Fingerprint, a.StartsAt))
	if err != nil {
		return "", err
	}
	if past.Began() {
		return outcomeRepeated, nil
	}
	if openID == "" {
		return d.begin(ctx, in)
	}
	// The begin of a new episode says that the one before is over.
	if err := d.end(ctx, openID, a.StartsAt, in.signal); err != nil {
		return "", err
	}
	outcome, err := d.begin(ctx, in)
	if err != nil {
		return "", err
	}
	return outcome, d.settle(ctx, open.Fired.Incident, openID, a.StartsAt)
}

// begin finds or declares the incident and records that the alert fired.
func (d *Dispatcher) begin(ctx context.Context, in arrival) (string, error) {
	request := firedRequest(in)
	outcome := outcomeListed
	rule, taken := route.Match(d.Rules(), in.source, in.alert.Labels)
	if taken {
		request.Route = rule.Name
		request.Group = alert.Group(in.source, rule.Name, rule.GroupKey(in.groupKey, in.alert.Labels))
	}
	if taken && !rule.List {
		var err error
		request.IncidentId, outcome, err = d.incidentFor(ctx, in, rule, request.GetGroup())
		if err != nil {
			return "", err
		}
	}
	if _, err := d.Alerts.RecordAlertFired(ctx, request); err != nil {
		return "", fmt.Errorf("record that the alert fired: %w", err)
	}
	return outcome, nil
}

func firedRequest(in arrival) *signalv1.RecordAlertFiredRequest {
	a := in.alert
	return &signalv1.RecordAlertFiredRequest{
		Source: in.source, Fingerprint: a.Fingerprint, StartsAtUs: a.StartsAt.UnixMicro(), SignalId: in.signal,
		Title: a.Title, Labels: a.Labels, Annotations: a.Annotations, GeneratorUrl: a.URL,
	}
}

// ends handles an alert that is over. The open episode of the fingerprint is meant
// when it had not begun later than the end that is told.
func (d *Dispatcher) ends(ctx context.Context, in arrival) (string, error) {
	a := in.alert
	id, open := d.Index.Firing(in.source, a.Fingerprint)
	if id == "" || a.StartsAt.After(open.Fired.StartsAt) || a.EndsAt.Before(open.Fired.StartsAt) {
		return d.endsPast(ctx, in)
	}
	if err := d.end(ctx, id, a.EndsAt, in.signal); err != nil {
		return "", err
	}
	return outcomeEnded, d.settle(ctx, open.Fired.Incident, id, a.EndsAt)
}

// endsPast handles the end of an alert that is not known to be firing.
func (d *Dispatcher) endsPast(ctx context.Context, in arrival) (string, error) {
	a := in.alert
	id := alert.ID(in.source, a.Fingerprint, a.StartsAt)
	past, err := d.Index.Past(ctx, id)
	if err != nil {
		return "", err
	}
	if past.Ended() {
		// The process may have died between the end and what follows from it.
		return outcomeRepeated, d.settle(ctx, past.Fired.Incident, id, past.EndedAt)
	}
	if !past.Began() {
		// It was over before we heard of it: it is kept, but nobody is called.
		if _, err := d.Alerts.RecordAlertFired(ctx, firedRequest(in)); err != nil {
			return "", fmt.Errorf("record that the alert fired: %w", err)
		}
	}
	if err := d.end(ctx, id, a.EndsAt, in.signal); err != nil {
		return "", err
	}
	return outcomeEnded, d.settle(ctx, past.Fired.Incident, id, a.EndsAt)
}

func (d *Dispatcher) end(ctx context.Context, id string, at time.Time, signal string) error {
	request := &signalv1.RecordAlertResolvedRequest{AlertId: id, EndsAtUs: at.UnixMicro(), SignalId: signal}
	if _, err := d.Alerts.RecordAlertResolved(ctx, request); err != nil {
		return fmt.Errorf("record that the alert ended: %w", err)
	}
	return nil
}

package dispatch

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/runbook"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// maxBackdating is how long before its arrival an alert is believed to have begun.
const maxBackdating = 366 * 24 * time.Hour

// maxMerges bounds how far merged incidents are followed.
const maxMerges = 10

// incidentFor joins the incident of the alert's group, or declares one.
func (w *work) incidentFor(ctx context.Context, in arrival) (id, outcome string, err error) {
	open, err := w.openFor(ctx, in)
	if err != nil {
		return "", "", err
	}
	if open != "" {
		w.choose(in, open)
		return open, outcomeJoined, w.join(ctx, in, open)
	}
	if id, err = w.declare(ctx, in); err != nil {
		return "", "", err
	}
	w.choose(in, id)
	return id, outcomeDeclared, nil
}

// attach joins the open incident of the alert's service, and lists the alert when there
// is none, or not any more.
func (w *work) attach(ctx context.Context, in arrival) (id, outcome string, err error) {
	service := w.concerned(in)
	if service == "" {
		return "", outcomeListed, nil
	}
	alertID := incident.AlertID(alert.ID(in.source, in.alert.Fingerprint, in.alert.StartsAt))
	if id, err = w.Open.Of(ctx, service, alertID); err != nil || id == "" {
		return "", outcomeListed, err
	}
	err = w.join(ctx, in, id)
	if refused(err) {
		return "", outcomeListed, nil // a person came first
	}
	return id, outcomeJoined, err
}

// concerned is the service that the route of an alert names, as the catalog calls it; ""
// for none.
func (w *work) concerned(in arrival) string {
	return w.Service(in.rule.ServiceFor(in.alert.Labels))
}

// openFor returns the incident of the alert's group that is worked on; "" when
// there is none. What is flapping stays in its incident, whatever the group's window.
func (w *work) openFor(ctx context.Context, in arrival) (string, error) {
	if in.flap.Is() && in.flapping != "" {
		if id, err := w.goesOn(ctx, in.flapping); id != "" || err != nil {
			return id, err
		}
	}
	known, lastAt := w.Index.Group(in.group)
	w.mu.Lock()
	if c, ok := w.chosen[in.group]; ok {
		known, lastAt = c.incident, c.at
	}
	w.mu.Unlock()
	if known == "" || in.rule.Window != 0 && in.at.Sub(lastAt) > in.rule.Window {
		return "", nil
	}
	return w.goesOn(ctx, known)
}

// choose lets those that wait for the choice go on.
func (w *work) choose(in arrival, id string) {
	w.mu.Lock()
	w.chosen[in.group] = choice{id, in.at}
	w.mu.Unlock()
	in.decided()
}

// goesOn returns the incident under which the given one is still worked on; "" if
// it is over.
func (w *work) goesOn(ctx context.Context, id string) (string, error) {
	for range maxMerges {
		s, err := w.Known.State(ctx, id)
		if err != nil {
			return "", err
		}
		if s.MergedInto == "" {
			if s.Open() && !s.Frozen {
				return id, nil
			}
			return "", nil
		}
		id = string(s.MergedInto)
	}
	return "", nil
}

func (w *work) join(ctx context.Context, in arrival, id string) error {
	alertID := alert.ID(in.source, in.alert.Fingerprint, in.alert.StartsAt)
	_, err := w.Incidents.LinkAlert(ctx, &incidentv1.LinkAlertRequest{
		Incident: id, RequestId: "link-" + alertID, AlertId: alertID, Fingerprint: in.alert.Fingerprint,
		Source: in.source, Title: in.alert.Title, Url: in.alert.URL,
	})
	if err != nil {
		return fmt.Errorf("link alert: %w", err)
	}
	return pointAfterLink.Hit(ctx)
}

// declare opens an incident. The request id is the alert's, so a repetition finds
// the incident that it made.
func (w *work) declare(ctx context.Context, in arrival) (string, error) {
	if err := pointBeforeDeclare.Hit(ctx); err != nil {
		return "", err
	}
	alertID := alert.ID(in.source, in.alert.Fingerprint, in.alert.StartsAt)
	request := &incidentv1.DeclareIncidentRequest{
		RequestId: "alert-" + alertID, Title: in.alert.Title, Summary: summary(in, w.runbook(in)), Severity: in.rule.Severity, Triage: true,
		Origin: incidentv1.Origin_ORIGIN_ALERT, AlertId: alertID,
	}
	if service := w.concerned(in); service != "" {
		request.Services = []string{service}
	}
	if age := in.at.Sub(in.alert.StartsAt); age > 0 && age < maxBackdating {
		request.OccurredAt = timestamppb.New(in.alert.StartsAt)
	}
	answer, err := w.Incidents.DeclareIncident(ctx, request)
	if err != nil {
		return "", fmt.Errorf("declare incident: %w", err)
	}
	return answer.GetResult().GetIncidentId(), pointAfterDeclare.Hit(ctx)
}

// runbook is what an alert, its service or the library has to go by.
func (w *work) runbook(in arrival) runbook.Finding {
	a, library := in.alert, &runbook.Library{}
	if w.Runbooks != nil {
		library = w.Runbooks()
	}
	return library.Find(runbook.Alert{
		Name: a.Labels["alertname"], Labels: a.Labels, Annotations: a.Annotations, Service: w.Service(in.rule.ServiceCalled(a.Labels)),
	})
}

// summary is what the alert says beyond its title, as Markdown, and which runbook it has.
func summary(in arrival, found runbook.Finding) string {
	var parts []string
	if in.alert.Description != "" {
		parts = append(parts, in.alert.Description)
	}
	parts = append(parts, "Runbook: "+found.Words())
	if in.alert.URL != "" {
		parts = append(parts, "Source: "+in.alert.URL)
	}
	return strings.Join(parts, "\n\n")
}

// settle ends an incident whose last alert ended, as far as a machine may: one that an
// alert declared and nobody has touched is resolved, any other gets a note. Its request ids are
// derived from the alert that ended last by the log, so repeating it, in whatever
// company, changes nothing.
func (w *work) settle(ctx context.Context, id string) error {
	if err := pointBeforeSettle.Hit(ctx); err != nil {
		return err
	}
	if err := w.Index.CatchUp(ctx); err != nil {
		return err
	}
	last, ok := w.Index.Over(id)
	if !ok {
		return nil // another of its alerts is firing
	}
	if w.Index.restless(id, w.Now()) {
		return nil // it is settled when that has been quiet
	}
	s, err := w.Known.State(ctx, id)
	if err != nil {
		return err
	}
	if !s.Open() || s.Frozen {
		return nil
	}
	if s.Origin == incident.OriginAlert && s.Status == incident.StatusTriage && !s.Touched {
		_, err := w.Incidents.ResolveIncident(ctx, &incidentv1.ResolveIncidentRequest{
			Incident: id, RequestId: "settle-" + last.alert, Automatic: true, Summary: "All of its alerts ended.",
		})
		if err == nil {
			return pointAfterSettle.Hit(ctx)
		}
		if !refused(err) {
			return fmt.Errorf("resolve incident: %w", err)
		}
	}
	_, err = w.Incidents.AddNote(ctx, &incidentv1.AddNoteRequest{
		Incident: id, RequestId: "ended-" + last.alert, Label: "alerts",
		Text: "All alerts of this incident have ended, the last at " + last.at.UTC().Format(time.RFC3339) +
			". It stays open, since somebody works on it.",
	})
	if err != nil && !refused(err) {
		return fmt.Errorf("add note: %w", err)
	}
	return pointAfterSettle.Hit(ctx)
}

// refused tells whether a person came first: the incident moved on since it was read.
func refused(err error) bool {
	code := status.Code(err)
	return code == codes.FailedPrecondition || code == codes.PermissionDenied || code == codes.NotFound
}

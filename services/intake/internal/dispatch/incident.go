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
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/route"
)

// maxBackdating is how long before its arrival an alert is believed to have begun.
const maxBackdating = 366 * 24 * time.Hour

// maxMerges bounds how far merged incidents are followed.
const maxMerges = 10

// incidentFor joins the incident of the alert's group, or declares one.
func (d *Dispatcher) incidentFor(ctx context.Context, in arrival, rule route.Rule, group string) (id, outcome string, err error) {
	known, lastAt := d.Index.Group(group)
	if known != "" && (rule.Window == 0 || in.at.Sub(lastAt) <= rule.Window) {
		open, err := d.goesOn(ctx, known)
		if err != nil {
			return "", "", err
		}
		if open != "" {
			return open, outcomeJoined, d.join(ctx, in, open)
		}
	}
	id, err = d.declare(ctx, in, rule)
	return id, outcomeDeclared, err
}

// goesOn returns the incident under which the given one is still worked on; "" if
// it is over.
func (d *Dispatcher) goesOn(ctx context.Context, id string) (string, error) {
	for range maxMerges {
		entries, err := incidentlog.Load(ctx, d.Log, incident.ID(id), 0)
		if err != nil {
			return "", err
		}
		s := incidentlog.State(entries)
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

func (d *Dispatcher) join(ctx context.Context, in arrival, id string) error {
	alertID := alert.ID(in.source, in.alert.Fingerprint, in.alert.StartsAt)
	_, err := d.Incidents.LinkAlert(ctx, &incidentv1.LinkAlertRequest{
		Incident: id, RequestId: "link-" + alertID, AlertId: alertID, Fingerprint: in.alert.Fingerprint,
		Source: in.source, Title: in.alert.Title, Url: in.alert.URL,
	})
	if err != nil {
		return fmt.Errorf("link alert: %w", err)
	}
	return nil
}

// declare opens an incident. The request id is the alert's, so a repetition finds
// the incident that it made.
func (d *Dispatcher) declare(ctx context.Context, in arrival, rule route.Rule) (string, error) {
	alertID := alert.ID(in.source, in.alert.Fingerprint, in.alert.StartsAt)
	request := &incidentv1.DeclareIncidentRequest{
		RequestId: "alert-" + alertID, Title: in.alert.Title, Summary: summary(in), Severity: rule.Severity, Triage: true,
		Origin: incidentv1.Origin_ORIGIN_ALERT, AlertId: alertID,
	}
	if service := rule.ServiceFor(in.alert.Labels); service != "" && len(service) <= 128 {
		request.Services = []string{service}
	}
	if age := in.at.Sub(in.alert.StartsAt); age > 0 && age < maxBackdating {
		request.OccurredAt = timestamppb.New(in.alert.StartsAt)
	}
	answer, err := d.Incidents.DeclareIncident(ctx, request)
	if err != nil {
		return "", fmt.Errorf("declare incident: %w", err)
	}
	return answer.GetResult().GetIncidentId(), nil
}

// summary is what the alert says beyond its title, as Markdown.
func summary(in arrival) string {
	var parts []string
	if in.alert.Description != "" {
		parts = append(parts, in.alert.Description)
	}
	if in.alert.RunbookURL != "" {
		parts = append(parts, "Runbook: "+in.alert.RunbookURL)
	}
	if in.alert.URL != "" {
		parts = append(parts, "Source: "+in.alert.URL)
	}
	return strings.Join(parts, "\n\n")
}

// settle ends an incident whose last alert ended at a time, as far as a machine
// may: one that nobody has touched is resolved, any other gets a note. Repeating
// it for the same alert changes nothing.
func (d *Dispatcher) settle(ctx context.Context, id, alertID string, at time.Time) error {
	if id == "" {
		return nil
	}
	if err := d.Index.CatchUp(ctx); err != nil || d.Index.StillFiring(id) > 0 {
		return err
	}
	entries, err := incidentlog.Load(ctx, d.Log, incident.ID(id), 0)
	if err != nil {
		return err
	}
	s := incidentlog.State(entries)
	if !s.Open() || s.Frozen {
		return nil
	}
	if s.Status == incident.StatusTriage && !s.Touched {
		_, err := d.Incidents.ResolveIncident(ctx, &incidentv1.ResolveIncidentRequest{
			Incident: id, RequestId: "settle-" + alertID, Automatic: true, Summary: "All of its alerts ended.",
		})
		if !refused(err) {
			return wrap("resolve incident", err)
		}
	}
	_, err = d.Incidents.AddNote(ctx, &incidentv1.AddNoteRequest{
		Incident: id, RequestId: "ended-" + alertID, Label: "alerts",
		Text: "All alerts of this incident have ended, the last at " + at.UTC().Format(time.RFC3339) +
			". It stays open, since somebody works on it.",
	})
	if refused(err) {
		return nil
	}
	return wrap("add note", err)
}

// refused tells whether a person came first: the incident moved on since it was read.
func refused(err error) bool {
	code := status.Code(err)
	return code == codes.FailedPrecondition || code == codes.PermissionDenied || code == codes.NotFound
}

func wrap(op string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

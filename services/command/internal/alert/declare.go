package alert

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/life"
	"github.com/bridgelog/bridgelog/services/command/internal/write"
)

// Declarer declares the one incident that a thing may have; [write.Service] does.
type Declarer interface {
	DeclareFor(ctx context.Context, thing string, r *incidentv1.DeclareIncidentRequest, asked proto.Message) (*incidentv1.WriteResult, error)
}

// maxBackdating is how long ago an alert may have begun for its incident to have begun
// then too.
const maxBackdating = 366 * 24 * time.Hour

// DeclareFromAlert declares an incident from an alert that has none. The incident comes
// first: its id is derived from the alert, so that a repetition, by whomever, links the
// alert to it if that was not done.
func (s *Service) DeclareFromAlert(ctx context.Context, r *incidentv1.DeclareFromAlertRequest) (*incidentv1.DeclareFromAlertResponse, error) {
	a, err := s.attendance(ctx, r)
	if err != nil {
		return nil, err
	}
	w := s.writer()
	state, err := w.State(ctx, alert.Subject(r.GetAlertId()))
	if err != nil {
		return nil, err
	}
	if err := s.see(ctx, a, state); err != nil {
		return nil, err
	}
	if id := incident.ID(state.Fired.Incident); id != "" {
		has, err := s.Incident(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("look up the incident of the alert: %w", err)
		}
		return nil, alreadyHas(has)
	}
	result, err := s.Declarer.DeclareFor(ctx, alert.Subject(r.GetAlertId()), s.declaration(r, state), r)
	if taken, ok := errors.AsType[*write.TakenError](err); ok {
		return nil, s.taken(ctx, a, r.GetAlertId(), taken)
	}
	if err != nil {
		return nil, fmt.Errorf("declare from alert: %w", err)
	}
	position, err := s.link(ctx, a, r.GetAlertId(), result.GetIncidentId(), a.who.Actor)
	if err != nil {
		return nil, fmt.Errorf("link alert: %w", err)
	}
	if position == "" {
		position = result.GetPosition()
	}
	return &incidentv1.DeclareFromAlertResponse{Result: result, Position: position}, nil
}

// taken refuses an alert whose incident somebody else declared, after making sure that
// the alert knows it.
func (s *Service) taken(ctx context.Context, a attend, id string, taken *write.TakenError) error {
	if _, err := s.link(ctx, a, id, string(taken.ID), string(taken.Incident.Declarer)); err != nil {
		return fmt.Errorf("link alert: %w", err)
	}
	if !a.who.Sees(taken.Incident) {
		return hidden()
	}
	return alreadyHas(taken.Incident)
}

func alreadyHas(has incident.State) error {
	return &rpc.Refusal{
		Code: codes.FailedPrecondition, Reason: "alert_has_incident", Field: "alert_id",
		Message: fmt.Sprintf("this alert has an incident already: INC-%d", has.Number),
	}
}

// link says which incident has the alert, unless that is said.
func (s *Service) link(ctx context.Context, a attend, id, incidentID, by string) (string, error) {
	w := s.writer()
	request := life.Request[alert.State]{Actor: a.who.Actor, Principal: a.who.Principal}
	return w.Perform(ctx, alert.Subject(id), request, func(state alert.State) (life.Draft, error) {
		if state.Incident() != "" {
			return nil, nil
		}
		return alert.Linked{Incident: incidentID, By: by, At: s.Now().UTC().Truncate(time.Microsecond)}.Draft, nil
	})
}

// declaration is what was asked for, and what the alert and its route propose where
// nothing was said.
func (s *Service) declaration(r *incidentv1.DeclareFromAlertRequest, state alert.State) *incidentv1.DeclareIncidentRequest {
	request := &incidentv1.DeclareIncidentRequest{
		Title: r.GetTitle(), Summary: r.GetSummary(), RequestId: r.GetRequestId(), OnBehalfOf: r.GetOnBehalfOf(), OccurredAt: r.GetOccurredAt(),
		Severity: r.GetSeverity(), Services: r.GetServices(), Private: r.GetPrivate(), Drill: r.GetDrill(), Category: r.GetCategory(),
		AlertId: r.GetAlertId(),
	}
	fired := state.Fired
	if request.GetTitle() == "" {
		request.Title = titleOf(fired)
	}
	if age := s.Now().Sub(fired.StartsAt); request.GetOccurredAt() == nil && age > 0 && age < maxBackdating {
		request.OccurredAt = timestamppb.New(fired.StartsAt)
	}
	known := s.Catalog()
	route := routeOf(known, fired.Route)
	if request.GetSeverity() == incidentv1.Severity_SEVERITY_UNSPECIFIED {
		request.Severity = route.GetSeverity()
	}
	if len(request.GetServices()) == 0 {
		request.Services = servicesOf(known, fired, route)
	}
	return request
}

// titleOf is what an alert says, as a title; a redacted one says nothing.
func titleOf(fired alert.Fired) string {
	title := fired.Title
	if title == "" {
		title = "Alert from " + fired.Source
	}
	if utf8.RuneCountInString(title) > incident.MaxTitle {
		title = string([]rune(title)[:incident.MaxTitle-1]) + "…"
	}
	return title
}

func routeOf(known *catalog.State, name string) *catalogv1.RouteSpec {
	if r, ok := known.Get("route", name); ok && name != "" {
		return r.Spec.GetRoute()
	}
	return nil
}

// servicesOf is the service that the route names, else the one in the label "service";
// one that the catalog does not know is not proposed.
func servicesOf(known *catalog.State, fired alert.Fired, route *catalogv1.RouteSpec) []string {
	for _, name := range []string{alert.Fill(route.GetService(), fired.Labels), fired.Labels["service"]} {
		if r, ok := known.Get("service", name); ok && r.Name == name && name != "" {
			return []string{name}
		}
	}
	return nil
}

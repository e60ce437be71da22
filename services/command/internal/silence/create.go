package silence

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	"github.com/bridgelog/bridgelog/pkg/silence"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// CreateSilence implements signalv1.SilenceServiceServer.
func (s *Service) CreateSilence(ctx context.Context, r *signalv1.CreateSilenceRequest) (*signalv1.CreateSilenceResponse, error) {
	c, err := s.ask(ctx, r)
	if err != nil {
		return nil, err
	}
	spec := &catalogv1.SilenceSpec{
		Match: r.GetMatch(), Source: r.GetSource(), Service: r.GetService(), Reason: incident.Sanitize(r.GetReason()), CreatedBy: c.Actor,
	}
	if spec.BeginTime, spec.EndTime, err = s.span(c, r.GetBeginTime(), r.GetEndTime()); err != nil {
		return nil, err
	}
	if spec.Service, err = serviceNamed(c.state, "service", spec.GetService()); err != nil {
		return nil, err
	}
	if problem := catalog.UnknownSource(spec.GetSource(), catalog.Sources()); problem != "" {
		return nil, rpc.InvalidField("source", "unknown_source", problem)
	}
	if err := s.ofAlert(ctx, r, spec); err != nil {
		return nil, err
	}
	for i, text := range spec.GetMatch() {
		if _, err := silence.ParseMatcher(text); err != nil {
			return nil, rpc.InvalidField(fmt.Sprintf("match[%d]", i), "not_a_matcher", err.Error())
		}
	}
	one, err := silence.OfSilence("", "", spec)
	if err != nil {
		return nil, rpc.InvalidField("match", "not_a_matcher", err.Error())
	}
	if errors.Is(one.Narrow(), silence.ErrEverything) {
		return nil, rpc.InvalidField("match", "matches_everything", silence.ErrEverything.Error())
	}
	name, err := s.named(c, r)
	if err != nil {
		return nil, err
	}
	answer := &signalv1.CreateSilenceResponse{}
	answer.Silence, answer.Position, err = s.create(ctx, c, &catalog.Resource{
		Kind: silence.KindSilence, Name: name, Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Silence{Silence: spec}},
	})
	if err != nil {
		return nil, fmt.Errorf("create silence: %w", err)
	}
	return answer, nil
}

// ofAlert narrows a silence to the key of the alert that is named.
func (s *Service) ofAlert(ctx context.Context, r *signalv1.CreateSilenceRequest, spec *catalogv1.SilenceSpec) error {
	if r.GetAlertId() == "" {
		return nil
	}
	of, err := s.Alert(ctx, r.GetAlertId())
	if err != nil {
		return err
	}
	if spec.GetSource() != "" && spec.GetSource() != of.Fired.Source {
		return rpc.InvalidField("source", "another_source", fmt.Sprintf("this alert came from %s: leave source out", of.Fired.Source))
	}
	spec.Source, spec.Fingerprint = of.Fired.Source, of.Fired.Fingerprint
	return nil
}

// CreateMaintenance implements signalv1.SilenceServiceServer.
func (s *Service) CreateMaintenance(ctx context.Context, r *signalv1.CreateMaintenanceRequest) (*signalv1.CreateMaintenanceResponse, error) {
	c, err := s.ask(ctx, r)
	if err != nil {
		return nil, err
	}
	spec := &catalogv1.MaintenanceSpec{Reason: incident.Sanitize(r.GetReason()), CreatedBy: c.Actor}
	if spec.BeginTime, spec.EndTime, err = s.span(c, r.GetBeginTime(), r.GetEndTime()); err != nil {
		return nil, err
	}
	for i, called := range r.GetServices() {
		name, err := serviceNamed(c.state, fmt.Sprintf("services[%d]", i), called)
		if err != nil {
			return nil, err
		}
		spec.Services = append(spec.Services, name)
	}
	name, err := s.named(c, r)
	if err != nil {
		return nil, err
	}
	answer := &signalv1.CreateMaintenanceResponse{}
	answer.Maintenance, answer.Position, err = s.create(ctx, c, &catalog.Resource{
		Kind: silence.KindMaintenance, Name: name, Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Maintenance{Maintenance: spec}},
	})
	if err != nil {
		return nil, fmt.Errorf("create maintenance: %w", err)
	}
	return answer, nil
}

// span checks when something is to hold. Whoever repeats a request may come after its end.
func (s *Service) span(c call, begin, end *timestamppb.Timestamp) (from, until *timestamppb.Timestamp, err error) {
	now := s.Now().UTC().Truncate(time.Microsecond)
	from = timestamppb.New(now)
	if begin != nil {
		if begin.CheckValid() != nil {
			return nil, nil, rpc.InvalidField("begin_time", "invalid_time", "begin_time is not a time: leave it out for now")
		}
		from = begin
	}
	switch {
	case end.CheckValid() != nil:
		return nil, nil, rpc.InvalidField("end_time", "invalid_time", "end_time is not a time: say when it ends")
	case !end.AsTime().After(now) && !c.repeats:
		return nil, nil, rpc.InvalidField("end_time", "in_the_past", "its end has passed: give a time to come")
	case !end.AsTime().After(from.AsTime()) && !c.repeats:
		return nil, nil, rpc.InvalidField("end_time", "before_begin", "it ends before it begins: correct one of the two")
	case end.AsTime().Sub(from.AsTime()) > silence.MaxLength:
		return nil, nil, rpc.InvalidField("end_time", "too_long", fmt.Sprintf("it is longer than %d days: end it earlier, or let a route list these alerts", int(silence.MaxLength/(24*time.Hour))))
	}
	return from, end, nil
}

// maxListed is how many services a refusal lists at most.
const maxListed = 20

// serviceNamed is the catalog's name of a service; "" for none.
func serviceNamed(state *catalog.State, field, called string) (string, error) {
	if called == "" {
		return "", nil
	}
	name := state.ServiceCalled(called)
	if _, ok := state.Get("service", name); ok {
		return name, nil
	}
	var known []string
	for _, r := range state.List("service") {
		known = append(known, r.Name)
	}
	way := "bridgelog get services lists all " + strconv.Itoa(len(known))
	switch near := catalog.Nearest(strings.ToLower(called), known); {
	case len(near) > 0:
		way = fmt.Sprintf("did you mean %q?", near[0])
	case len(known) == 0:
		way = "there are none yet: apply one first"
	case len(known) <= maxListed:
		way = "there are " + strings.Join(known, ", ")
	}
	return "", rpc.InvalidField(field, "unknown_service", fmt.Sprintf("there is no service %q: %s", called, way))
}

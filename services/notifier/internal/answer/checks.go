package answer

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/record"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/checks"
)

// RunChecks implements the RPC.
func (s *Service) RunChecks(ctx context.Context, r *notifyv1.RunChecksRequest) (*notifyv1.RunChecksResponse, error) {
	id, entries, err := s.find(ctx, r.GetIncident())
	if err != nil {
		return nil, refuse(err)
	}
	if s.Checks == nil {
		return nil, &rpc.Refusal{
			Code: codes.FailedPrecondition, Reason: "no_command", Message: "this notifier cannot record what checks show: give it command-server and service-token",
		}
	}
	state := incidentlog.State(entries)
	services, err := s.toCheck(state, r.GetServices())
	if err != nil {
		return nil, err
	}
	caller, _ := auth.FromContext(ctx)
	run := checks.Run{Incident: id, Name: r.GetRun(), Services: services, AskedBy: incident.PersonID(caller.ID), Known: state.Checked}
	if run.Name == "" {
		run.Name = uuid.NewString()
	}
	if run.Name == checks.AtDeclaration {
		return nil, rpc.InvalidField("run", "reserved", "the run "+checks.AtDeclaration+" is the system's own: choose another name")
	}
	ran, err := s.Checks.Do(ctx, run)
	if err != nil {
		return nil, err
	}
	answer := &notifyv1.RunChecksResponse{LeftOut: int32(ran.LeftOut), Position: ran.Position, Incident: fmt.Sprintf("INC-%d", state.Number)}
	for _, c := range ran.Checks {
		facts, evidence := record.CheckMessages(c.Key, c.Result)
		answer.Checks = append(answer.Checks, &notifyv1.CheckOutcome{Facts: facts, Evidence: evidence, Entry: c.Entry, Problem: c.Problem})
	}
	return answer, nil
}

// toCheck are the services to be measured: those that are asked for, or those of the
// incident.
func (s *Service) toCheck(state incident.State, asked []string) ([]string, error) {
	if len(asked) == 0 {
		if len(state.Services()) == 0 {
			return nil, &rpc.Refusal{
				Code: codes.FailedPrecondition, Reason: "no_service", Field: "services",
				Message: "the incident names no service: say which one to measure, by --service",
			}
		}
		return state.Services(), nil
	}
	known := s.Catalog.State()
	for _, name := range asked {
		if _, ok := known.Get("service", name); ok {
			continue
		}
		var names []string
		for _, r := range known.List("service") {
			names = append(names, r.Name)
		}
		hint := "bridgelog get service lists the known ones"
		if near := catalog.Nearest(name, names); len(near) > 0 {
			hint = fmt.Sprintf("did you mean %q?", near[0])
		}
		return nil, rpc.InvalidField("services", "unknown_service", fmt.Sprintf("there is no service %q: %s", name, hint))
	}
	return asked, nil
}

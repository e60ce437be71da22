package write

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	"github.com/bridgelog/bridgelog/pkg/record"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// RecordClock implements incidentv1.CommandServiceServer. Whatever people say of a
// clock would be believed, so only our own services may.
func (s *Service) RecordClock(ctx context.Context, r *incidentv1.RecordClockRequest) (*incidentv1.RecordClockResponse, error) {
	if err := requireService(ctx, "record clocks: do what the clock asks for, and it is recorded"); err != nil {
		return nil, err
	}
	result, err := s.write(ctx, r)
	return &incidentv1.RecordClockResponse{Result: result}, err
}

// ScheduleReview implements incidentv1.CommandServiceServer. Which incidents a caller
// may compare is a matter of what it may see: our own services see all.
func (s *Service) ScheduleReview(ctx context.Context, r *incidentv1.ScheduleReviewRequest) (*incidentv1.ScheduleReviewResponse, error) {
	if err := requireService(ctx, "schedule reviews: add a follow-up instead"); err != nil {
		return nil, err
	}
	result, err := s.write(ctx, r)
	return &incidentv1.ScheduleReviewResponse{Result: result}, err
}

// RecordCheck implements incidentv1.CommandServiceServer. What a check showed is
// believed as what the system has measured, so only our own services may.
func (s *Service) RecordCheck(ctx context.Context, r *incidentv1.RecordCheckRequest) (*incidentv1.RecordCheckResponse, error) {
	if err := requireService(ctx, "record checks: run them by bridgelog checks run, or write a note"); err != nil {
		return nil, err
	}
	result, err := s.write(ctx, r)
	return &incidentv1.RecordCheckResponse{Result: result}, err
}

// requireService refuses everybody but our own services.
func requireService(ctx context.Context, message string) error {
	if p, ok := auth.FromContext(ctx); !ok || !p.Impersonate {
		return rpc.OnlyServices("", message)
	}
	return nil
}

// byService reports whether only our own services may send a request.
func byService(r request) bool {
	switch r.(type) {
	case *incidentv1.RecordClockRequest, *incidentv1.ScheduleReviewRequest, *incidentv1.RecordCheckRequest:
		return true
	}
	return false
}

// RecordLegalEvent implements incidentv1.CommandServiceServer.
func (s *Service) RecordLegalEvent(ctx context.Context, r *incidentv1.RecordLegalEventRequest) (*incidentv1.RecordLegalEventResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.RecordLegalEventResponse{Result: result}, err
}

// RecordCommand implements incidentv1.CommandServiceServer.
func (s *Service) RecordCommand(ctx context.Context, r *incidentv1.RecordCommandRequest) (*incidentv1.RecordCommandResponse, error) {
	result, err := s.write(ctx, r)
	return &incidentv1.RecordCommandResponse{Result: result}, err
}

func clockCommand(req proto.Message, n names) (incident.Command, error) {
	switch r := req.(type) {
	case *incidentv1.RecordClockRequest:
		return incident.RecordClock{
			Run: incident.ClockRun{
				Clock: r.GetRun().GetClock(), Subject: r.GetRun().GetSubject(), Start: r.GetRun().GetStart(),
			},
			Threshold: incident.ClockThreshold(r.GetThreshold()), Due: timeOf(r.GetDueTime()), Late: r.GetLate(),
			Policy: r.GetPolicy(), PolicyRevision: r.GetPolicyRevision(),
		}, nil
	case *incidentv1.ScheduleReviewRequest:
		c := incident.ScheduleReview{Category: r.GetCategory(), Window: r.GetWindow().AsDuration(), Due: timeOf(r.GetDueTime())}
		for _, id := range r.GetEarlier() {
			c.Earlier = append(c.Earlier, incident.ID(id))
		}
		return c, nil
	case *incidentv1.RecordCheckRequest:
		key, result := record.CheckOf(r.GetFacts(), r.GetEvidence())
		for _, text := range []*string{&result.Title, &result.Query, &result.Unit, &result.Reason} {
			*text = incident.Sanitize(*text)
		}
		return incident.RecordCheck{CheckKey: key, CheckResult: result}, nil
	case *incidentv1.RecordLegalEventRequest:
		c := incident.RecordLegalEvent{
			Regime: r.GetRegime(), Event: incident.LegalEvent(r.GetEvent()), Report: r.GetReport(), Note: r.GetNote(),
		}
		return n.legal(c)
	case *incidentv1.RecordCommandRequest:
		return incident.RecordCommand{
			Command: incident.Sanitize(r.GetCommand()), ExitCode: r.GetExitCode(), Duration: r.GetDuration().AsDuration(),
			Output: incident.Sanitize(r.GetOutput()), Truncated: r.GetTruncated(), Redactions: r.GetRedactions(),
		}, nil
	}
	return nil, nil
}

// legal checks that the playbook knows a law and what is said of it: a name that is
// mistyped would start no clock, and nobody would notice. It returns the command with
// the law's own name.
func (n names) legal(c incident.RecordLegalEvent) (incident.Command, error) {
	book, err := n.books.Of(n.state)
	if err != nil {
		return c, fmt.Errorf("check law: %w", err)
	}
	laws := book.Policies().Laws
	i := slices.IndexFunc(laws, func(l *clock.Law) bool { return l.Name() == c.Regime })
	if i < 0 {
		i = slices.IndexFunc(laws, func(l *clock.Law) bool { return l.Called(c.Regime) })
	}
	if i < 0 {
		var known []string
		for _, l := range laws {
			known = append(known, l.Name())
		}
		return c, rpc.InvalidField("regime", "unknown_regime", fmt.Sprintf("there is no law %q in the playbook: %s", c.Regime, oneOf(c.Regime, known)))
	}
	law := laws[i]
	c.Regime = law.Name()
	if kind := clock.MarkKind(c.Event); c.Event.Known() && !law.Knows(kind) {
		return c, rpc.InvalidField("event", "unknown_to_the_law",
			fmt.Sprintf("no term of %s starts or ends with %q: use one of %s", law.Name(), word(c.Event), strings.Join(markWords(law), ", ")))
	}
	if reports := law.Reports(); c.Report != "" && !slices.Contains(reports, c.Report) {
		return c, rpc.InvalidField("report", "unknown_report", fmt.Sprintf("%s knows no report %q: %s", law.Name(), c.Report, oneOf(c.Report, reports)))
	}
	return c, nil
}

// oneOf says what may have been meant, or what there is.
func oneOf(given string, known []string) string {
	if near := catalog.Nearest(given, known); len(near) > 0 {
		return fmt.Sprintf("did you mean %q?", near[0])
	}
	return "use one of " + strings.Join(known, ", ")
}

// word is an event as people write it.
func word(e incident.LegalEvent) string { return strings.ReplaceAll(e.String(), "_", "-") }

func markWords(law *clock.Law) []string {
	var known []string
	for _, e := range incident.LegalEvents() {
		if law.Knows(clock.MarkKind(e)) {
			known = append(known, word(e))
		}
	}
	return known
}

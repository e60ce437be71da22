package write

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/history"
)

// DeclareIncident implements incidentv1.CommandServiceServer.
func (s *Service) DeclareIncident(ctx context.Context, r *incidentv1.DeclareIncidentRequest) (*incidentv1.DeclareIncidentResponse, error) {
	if err := pointReceived.Hit(ctx); err != nil {
		return nil, err
	}
	a, err := s.prepareDeclare(ctx, r)
	if err != nil {
		return nil, err
	}
	result, err := s.declare(ctx, a)
	if err == nil {
		result.Duplicate = s.candidate(ctx, a, result)
	}
	return &incidentv1.DeclareIncidentResponse{Result: result}, err
}

func (s *Service) prepareDeclare(ctx context.Context, r *incidentv1.DeclareIncidentRequest) (act, error) {
	state := s.Catalog.State()
	who, err := s.callerOf(ctx, state, r.GetOnBehalfOf())
	if err != nil {
		return act{}, err
	}
	if err := checkOrigin(r, who); err != nil {
		return act{}, err
	}
	lenient := r.GetOrigin() == incidentv1.Origin_ORIGIN_ALERT
	n := names{state: state, lenient: lenient}
	if err := n.check("service", "services", r.GetServices()); err != nil {
		return act{}, err
	}
	if err := n.category(r.GetCategory()); err != nil {
		return act{}, err
	}
	a := act{who: who, when: r.GetOccurredAt(), command: declareOf(r)}
	if a.requestID, err = s.requestID(r.GetRequestId()); err != nil {
		return act{}, err
	}
	a.incident = deriveID("declare", string(who.principal), a.requestID)
	a.body, err = digestible(r)
	return a, err
}

// checkOrigin keeps what only imports and machines may say from people: who
// declared decides who leads.
func checkOrigin(r *incidentv1.DeclareIncidentRequest, who caller) error {
	if r.GetOrigin() == incidentv1.Origin_ORIGIN_ALERT && !who.machine {
		return rpc.InvalidField("origin", "not_a_machine", "only machines declare for an alert: leave origin out, and name the alert in alert_id")
	}
	for field, given := range map[string]bool{
		"origin":    r.GetOrigin() == incidentv1.Origin_ORIGIN_IMPORT,
		"kind":      r.GetKind() != incidentv1.IncidentKind_INCIDENT_KIND_UNSPECIFIED,
		"scheduled": r.GetScheduled() != nil,
		"external":  r.GetExternal() != nil,
	} {
		if given {
			return rpc.InvalidField(field, "imports_only", field+" is for imports: leave it out, or call ImportIncidents")
		}
	}
	return nil
}

// deriveID makes the id of an incident from what identifies its declaration, so
// that a repeated one finds the first: 26 lower-case letters and digits.
func deriveID(parts ...string) incident.ID {
	h := sha256.New()
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
		_, _ = h.Write([]byte{0})
	}
	id := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)[:16])
	return incident.ID(strings.ToLower(id))
}

// declare opens the incident under the next free number, unless it is open.
func (s *Service) declare(ctx context.Context, a act) (*incidentv1.WriteResult, error) {
	d, err := s.Store.Open(ctx, a.incident)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if _, err := d.Refresh(ctx); err != nil {
		return nil, err
	}
	if d.State.Declared() {
		return s.declared(ctx, d, a)
	}
	var result *incidentv1.WriteResult
	err = s.numbers.claim(ctx, 1, func(number uint64) (bool, error) {
		var err error
		result, err = s.declareAs(ctx, d, a, number)
		return err == nil && !result.GetReplayed(), err
	})
	return result, err
}

// declared answers a repeated declaration.
func (s *Service) declared(ctx context.Context, d *history.Desk, a act) (*incidentv1.WriteResult, error) {
	first, ok := d.Answer(string(a.who.principal), a.requestID)
	if !ok {
		return nil, &rpc.Refusal{
			Code: codes.AlreadyExists, Reason: "request_id_reused", Field: "request_id",
			Message: "this request id was used for another incident: use a new one for a new act",
		}
	}
	return s.replay(ctx, d, a, first)
}

// declareAs appends number and incident together. [eventlog.ErrConflict] means
// that the number is taken; when the incident itself came to be meanwhile, that
// is the answer.
func (s *Service) declareAs(ctx context.Context, d *history.Desk, a act, number uint64) (*incidentv1.WriteResult, error) {
	c := a.command.(incident.Declare)
	c.Number = number
	a.command = c
	events, err := a.decide(d.State, s.Now())
	if err != nil {
		return nil, err
	}
	if err := pointDecided.Hit(ctx); err != nil {
		return nil, err
	}
	data, err := s.seal(ctx, d, a, events)
	if err != nil {
		return nil, err
	}
	claim, err := s.claimOf(ctx, number, a)
	if err != nil {
		return nil, err
	}
	if err := pointBeforeClaim.Hit(ctx); err != nil {
		return nil, err
	}
	positions, err := s.Log.AppendBatch(ctx, []eventlog.Append{
		claim, {Subject: d.Subject(), Data: data, Header: telemetry.Inject(ctx)},
	})
	if errors.Is(err, eventlog.ErrConflict) {
		s.Observer.Conflicted(true)
		return s.declareTaken(ctx, d, a, err)
	}
	if err != nil {
		return nil, err
	}
	if err := pointNumberClaimed.Hit(ctx); err != nil {
		return nil, err
	}
	if err := d.Wrote(positions[1], data); err != nil {
		return nil, err
	}
	s.numbers.known.Add(number, a.incident)
	result := resultOf(d, a, 1, d.State.Revision, positions[1])
	s.advise(result, d.State, a.command)
	return result, pointBeforeReply.Hit(ctx)
}

// declareTaken finds out which of the two was taken.
func (s *Service) declareTaken(ctx context.Context, d *history.Desk, a act, conflict error) (*incidentv1.WriteResult, error) {
	if err := d.Moved(ctx); err != nil {
		return nil, err
	}
	if !d.State.Declared() {
		return nil, conflict
	}
	return s.declared(ctx, d, a)
}

// claimOf seals the claim of a number.
func (s *Service) claimOf(ctx context.Context, number uint64, a act) (eventlog.Append, error) {
	id, err := s.newEventID()
	if err != nil {
		return eventlog.Append{}, err
	}
	draft, err := numberDraft(id, a.incident, a.who)
	if err != nil {
		return eventlog.Append{}, err
	}
	subject := numberSubject(number)
	req := chain.Request{TraceParent: telemetry.TraceParent(ctx)}
	data, _, err := chain.Seal(chain.Head{}, subject, []chain.Draft{draft}, req, s.Now(), s.Random)
	if err != nil {
		return eventlog.Append{}, err
	}
	return eventlog.Append{Subject: subject, Data: data, Header: telemetry.Inject(ctx)}, nil
}

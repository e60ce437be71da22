package write

import (
	"context"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/history"
)

// request is what all calls about one incident have in common.
type request interface {
	proto.Message
	GetIncident() string
	GetRequestId() string
	GetEtag() string
	GetOccurredAt() *timestamppb.Timestamp
	GetOnBehalfOf() string
}

// act is a request that is ready to be decided.
type act struct {
	incident  incident.ID
	who       caller
	command   incident.Command
	when      *timestamppb.Timestamp
	requestID string
	etag      string
	body      []byte // what a repetition has to equal
	pin       bool   // pin the entry that the command makes
	// problem is why there is no command. It is said only to those who may know
	// that the incident exists.
	problem error
}

// write carries out one request about one incident.
func (s *Service) write(ctx context.Context, r request) (*incidentv1.WriteResult, error) {
	if err := pointReceived.Hit(ctx); err != nil {
		return nil, err
	}
	a, err := s.prepare(ctx, r)
	if err != nil {
		return nil, err
	}
	if _, ok := a.command.(incident.RedactEntry); ok {
		return s.redact(ctx, a)
	}
	return s.carryOut(ctx, a)
}

// prepare resolves every name in the request.
func (s *Service) prepare(ctx context.Context, r request) (act, error) {
	state := s.Catalog.State()
	who, err := s.callerOf(ctx, state, r.GetOnBehalfOf())
	if err != nil {
		return act{}, err
	}
	if byService(r) {
		// Clocks of private incidents run too.
		who.authority = incident.Admin
	}
	a := act{who: who, when: r.GetOccurredAt(), etag: r.GetEtag()}
	if a.requestID, err = s.requestID(r.GetRequestId()); err != nil {
		return act{}, err
	}
	if a.body, err = digestible(r); err != nil {
		return act{}, err
	}
	if a.incident, err = s.refer(ctx, "incident", r.GetIncident()); err != nil {
		return act{}, err
	}
	// Machines know names that the catalog does not.
	a.command, a.problem = commandOf(r, names{state: state, books: s.books, actor: who.actor, lenient: who.machine})
	if a.problem == nil {
		a.problem = s.complete(ctx, r, &a)
	}
	return a, nil
}

// complete adds to a command what has to be looked up or made.
func (s *Service) complete(ctx context.Context, r request, a *act) error {
	if c, ok := a.command.(incident.Merge); ok {
		other, err := s.mergeTarget(ctx, c, r.(*incidentv1.MergeIncidentRequest).GetInto(), a.who)
		a.command = other
		return err
	}
	if c, ok := a.command.(incident.RelateIncident); ok {
		other, err := s.relatedTo(ctx, c, r.(*incidentv1.RelateIncidentRequest).GetOther(), a.who)
		a.command = other
		return err
	}
	if _, ok := a.command.(incident.UnrelateIncident); ok {
		other, err := s.other(ctx, r.(*incidentv1.UnrelateIncidentRequest).GetOther(), a.who)
		a.command = incident.UnrelateIncident{Other: other.ID, OtherExists: err == nil}
		return err
	}
	if c, ok := a.command.(incident.StartChecklist); ok {
		list, err := s.checklist(c.Checklist)
		a.command = list
		return err
	}
	if c, ok := a.command.(incident.PublishUpdate); ok && c.UpdateID == "" {
		id, err := s.newID()
		if err != nil {
			return err
		}
		c.UpdateID = id
		a.command = c
	}
	if note, ok := r.(*incidentv1.AddNoteRequest); ok {
		a.pin = note.GetPinned()
	}
	return nil
}

// mergeTarget looks up what the rule needs to know of the other incident.
func (s *Service) mergeTarget(ctx context.Context, c incident.Merge, into string, who caller) (incident.Merge, error) {
	id, err := s.refer(ctx, "into", into)
	if err != nil {
		return c, err
	}
	other, err := s.Store.Look(ctx, id)
	if err != nil {
		return c, err
	}
	if !who.sees(other) {
		return c, errHidden("into")
	}
	c.Into, c.TargetExists, c.TargetMergedInto = id, true, other.MergedInto
	return c, nil
}

// sees tells whether the incident exists for the caller.
func (c caller) sees(s incident.State) bool {
	return incident.CanSee(s, c.actor, c.authority) && (!c.watched || incident.CanSee(s, c.principal, c.authority))
}

// requestID returns the caller's, or a new one when it gave none.
func (s *Service) requestID(given string) (string, error) {
	if strings.HasPrefix(given, history.ImportPrefix) {
		return "", rpc.InvalidField("request_id", "reserved", "request ids that begin with "+history.ImportPrefix+" belong to imports: choose another one")
	}
	if given != "" {
		return given, nil
	}
	return s.newID()
}

// digestible returns what a repetition of the request has to equal: the kind of
// request and its fields, but for those that say how it is sent.
func digestible(r proto.Message) ([]byte, error) {
	c := proto.Clone(r)
	m := c.ProtoReflect()
	for _, name := range []string{"incident", "request_id", "etag"} {
		if field := m.Descriptor().Fields().ByName(protoreflect.Name(name)); field != nil {
			m.Clear(field)
		}
	}
	body := []byte(string(m.Descriptor().FullName()) + "\n")
	return proto.MarshalOptions{Deterministic: true}.MarshalAppend(body, c)
}

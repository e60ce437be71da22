package answer

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// noSuchIncident is what callers learn of incidents that are not there and of
// those that they may not see.
func noSuchIncident(ref string) error {
	return &rpc.Refusal{Code: codes.NotFound, Reason: "no_such_incident", Field: "incident", Message: "there is no incident " + ref + ": see bridgelog list"}
}

// hidden returns the private incidents that the caller may not see, of those that
// anybody was told of. Access is judged by what the log says now.
func (s *Service) hidden(ctx context.Context) ([]string, error) {
	p, ok := auth.FromContext(ctx)
	if !ok {
		return nil, auth.ErrNoCredentials
	}
	if p.Has(authv1.AccountRole_ACCOUNT_ROLE_ADMIN) {
		return nil, nil
	}
	private, err := s.View.Private(ctx)
	if err != nil {
		return nil, err
	}
	var hidden []string
	for _, id := range private {
		entries, err := incidentlog.Load(ctx, s.Log, incident.ID(id), 0)
		if err != nil || !incident.CanSee(incidentlog.State(entries), incident.PersonID(p.ID), incident.Viewer) {
			hidden = append(hidden, id)
		}
	}
	return hidden, nil
}

// find returns an incident that the caller may see, by "INC-41", "41" or id, with
// all its events.
func (s *Service) find(ctx context.Context, ref string) (incident.ID, []incidentlog.Entry, error) {
	p, ok := auth.FromContext(ctx)
	if !ok {
		return "", nil, auth.ErrNoCredentials
	}
	id, err := s.incidentID(ctx, ref)
	if err != nil {
		return "", nil, err
	}
	entries, err := incidentlog.Load(ctx, s.Log, id, 0)
	if errors.Is(err, eventlog.ErrInvalid) {
		return "", nil, noSuchIncident(ref)
	}
	if err != nil {
		return "", nil, err
	}
	authority := incident.Viewer
	if p.Has(authv1.AccountRole_ACCOUNT_ROLE_ADMIN) {
		authority = incident.Admin
	}
	if !incident.CanSee(incidentlog.State(entries), incident.PersonID(p.ID), authority) {
		return "", nil, noSuchIncident(ref)
	}
	return id, entries, nil
}

func (s *Service) incidentID(ctx context.Context, ref string) (incident.ID, error) {
	digits := ref
	if len(ref) > len("inc-") && strings.EqualFold(ref[:len("inc-")], "inc-") {
		digits = ref[len("inc-"):]
	}
	number, err := strconv.ParseUint(digits, 10, 63)
	if err != nil {
		if strings.ContainsAny(ref, ".*> \t") {
			return "", noSuchIncident(ref)
		}
		return incident.ID(ref), nil
	}
	m, err := s.Log.Last(ctx, "number."+strconv.FormatUint(number, 10))
	if errors.Is(err, eventlog.ErrNotFound) {
		return "", noSuchIncident(ref)
	}
	if err != nil {
		return "", err
	}
	commit, err := chain.Open(m.Data)
	if err != nil {
		return "", err
	}
	var facts incidentv1.NumberClaimedFacts
	if err := proto.Unmarshal(commit.Records[0].Facts, &facts); err != nil {
		return "", noSuchIncident(ref)
	}
	return incident.ID(facts.GetIncidentId()), nil
}

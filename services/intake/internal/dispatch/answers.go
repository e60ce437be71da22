package dispatch

import (
	"context"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/incident"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// Answers tells senders what became of what they sent, from the log.
type Answers struct {
	// Index knows the alerts, Known the incidents.
	Index *Index
	Known *Incidents
}

// Latest returns the alert of a fingerprint that is open, or else the one that ended
// last. The zero State means that there is none, or none that the caller may see, or
// that it ended long ago.
func (a Answers) Latest(ctx context.Context, caller auth.Principal, source, fingerprint string) (alert.State, error) {
	if err := a.Index.CatchUp(ctx); err != nil {
		return alert.State{}, err
	}
	id, _ := a.Index.Firing(source, fingerprint)
	if id == "" {
		id = a.Index.lastEnded(source, fingerprint).id
	}
	if id == "" {
		return alert.State{}, nil
	}
	state, err := a.Index.Past(ctx, id)
	if err != nil || state.Incident() == "" {
		return state, err
	}
	of, err := a.Known.State(ctx, state.Incident())
	if err != nil {
		return alert.State{}, err
	}
	authority := incident.Viewer
	if caller.Has(authv1.AccountRole_ACCOUNT_ROLE_ADMIN) {
		authority = incident.Admin
	}
	if !incident.CanSee(of, incident.PersonID(caller.ID), authority) {
		return alert.State{}, nil
	}
	return state, nil
}

// Evidences tells whether a raw signal is evidence of something in the life of an alert.
func (a Answers) Evidences(ctx context.Context, of alert.State, signal string) (bool, error) {
	id := alert.ID(of.Fired.Source, of.Fired.Fingerprint, of.Fired.StartsAt)
	messages, err := a.Index.log.Load(ctx, alert.Subject(id), 0)
	if err != nil {
		return false, fmt.Errorf("load alert: %w", err)
	}
	for _, m := range messages {
		if found, err := alert.Evidences(m.Data, signal); err != nil || found {
			return found, err
		}
	}
	return false, nil
}

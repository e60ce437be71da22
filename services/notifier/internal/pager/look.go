package pager

import (
	"cmp"
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/page"
	"github.com/bridgelog/bridgelog/pkg/runbook"
	"github.com/bridgelog/bridgelog/pkg/secretref"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
	letters "github.com/bridgelog/bridgelog/services/notifier/internal/mail"
)

// seen is what was found of a way.
type seen struct {
	facts    Facts
	incident event.Incident
	// person and integration are as the catalog has them now; nil when it has not.
	person, integration *catalog.Resource
	catalog             *catalog.State
}

// look reads the page, its alert and its incident as they stand in the log, and who and what
// they name as the catalog is: at least the one that the page was worked out with.
func (p *Pager) look(ctx context.Context, row db.NotifierLedgerPageWay) (seen, error) {
	found := seen{facts: Facts{Person: row.PersonID, Way: int(row.Way), Now: p.Now(), Stale: p.Stale}}
	f := &found.facts
	if row.Since != nil {
		f.Since = *row.Since
	}
	if row.RetryAt != nil {
		f.Retry = *row.RetryAt
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var err error
	if f.Page, err = eventlog.Fold(ctx, p.Log, page.Subject(row.PageID), page.Fold); err != nil {
		return found, err
	}
	if f.Alert, err = eventlog.Fold(ctx, p.Log, alert.Subject(row.AlertID), alert.Fold); err != nil {
		return found, err
	}
	if id := f.Alert.Incident(); id != "" {
		entries, err := incidentlog.Load(ctx, p.Log, incident.ID(id), 0)
		if err != nil {
			return found, fmt.Errorf("load incident: %w", err)
		}
		for _, e := range entries {
			found.incident = found.incident.Evolve(e)
		}
	}
	f.Drill = found.incident.Drill
	state, err := p.Catalog.Wait(ctx, f.Page.Requested.Sequence)
	if err != nil {
		return found, fmt.Errorf("wait for the catalog: %w", err)
	}
	f.Earliest = Earliest(state, f.Page, row.PersonID, int(row.Way), f.Now)
	found.catalog = state
	found.person, _ = state.Get("person", row.PersonID)
	found.integration, _ = state.Get("integration", row.Integration)
	if spec := found.integration; spec != nil {
		f.Carried, f.Paused = spec.Spec.GetIntegration().GetType() == catalog.TypeSMTP, spec.Spec.GetIntegration().GetDisabled()
	}
	return found, nil
}

// hand writes the letter and hands it over.
func (p *Pager) hand(ctx context.Context, row db.NotifierLedgerPageWay, s seen) letters.Result {
	to, ok := s.address(int(row.Way), row.Integration)
	if !ok {
		return letters.Result{Final: true, Reason: reasonAddress, Problem: "the person has no such address any more"}
	}
	spec := s.integration.Spec.GetIntegration()
	server, flaws := catalog.SMTPOf(spec)
	if len(flaws) > 0 {
		return letters.Result{Reason: reasonSettings, Problem: flaws[0].Field + " of the integration is not usable: apply it again, which says why"}
	}
	password := ""
	if server.Password != "" {
		secret, err := secretref.Read(server.Password)
		if err != nil {
			return letters.Result{Reason: reasonSettings, Problem: "secrets.password of the integration cannot be read where it points"} // it may be there later
		}
		password = strings.TrimSpace(secret)
	}
	letter, err := letters.Compose(s.about(row, server.From, to))
	if err != nil {
		return letters.Result{Final: true, Reason: reasonSettings, Problem: "the letter could not be written"}
	}
	return p.Sender.Send(ctx, server, password, letter)
}

// address is where the way leads today, by the integration that it had.
func (s seen) address(way int, integration string) (mail.Address, bool) {
	if s.person == nil {
		return mail.Address{}, false
	}
	contacts := page.Contacts(s.person.Spec.GetPerson())
	if way > len(contacts) || contacts[way-1].GetType() != catalogv1.ContactType_CONTACT_TYPE_EMAIL {
		return mail.Address{}, false
	}
	if named := contacts[way-1].GetIntegration(); named != "" && named != integration {
		return mail.Address{}, false
	}
	return mail.Address{Name: s.person.Spec.GetPerson().GetDisplayName(), Address: contacts[way-1].GetAddress()}, true
}

// about is what the letter tells of.
func (s seen) about(row db.NotifierLedgerPageWay, from, to mail.Address) letters.About {
	a := letters.About{
		EventID: row.EventID, PageID: row.PageID, Requested: s.facts.Page.Requested, Alert: s.facts.Alert, Person: row.PersonID, Way: int(row.Way),
		Name: s.person.Spec.GetPerson().GetDisplayName(), From: from, To: to, Runbook: s.runbook(),
		Hidden: s.incident.Private && !slices.Contains(s.incident.Members(), incident.PersonID(row.PersonID)),
	}
	if s.incident.Number > 0 {
		a.Incident = s.incident.Name()
	}
	if zone, err := time.LoadLocation(s.person.Spec.GetPerson().GetTimeZone()); err == nil {
		a.Zone = zone
	}
	return a
}

// runbook is what the alert, its service or the library has to go by.
func (s seen) runbook() runbook.Finding {
	f := s.facts.Alert.Fired
	return s.catalog.Runbooks().Find(runbook.Alert{
		Name: f.Labels["alertname"], Labels: f.Labels, Annotations: f.Annotations,
		Service: cmp.Or(s.facts.Page.Requested.Whom.Service, s.catalog.ServiceCalled(strings.TrimSpace(f.Labels["service"]))),
	})
}

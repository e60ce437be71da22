package answer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/draft"
	"github.com/bridgelog/bridgelog/services/timeline/internal/travel"
)

// purpose is what a text is for.
type purpose struct {
	// use and status select the template where none is named.
	use    catalogv1.TemplateUse
	status incident.Status
	// others are uses of templates that may be named besides.
	others []catalogv1.TemplateUse
	// words end a sentence about a template that is for something else.
	words string
	// customers is what they are told; nil for a text for the team.
	customers *draft.Update
	// values says what variables stand for.
	values func(names []string) template.Values
}

// takes reports whether a template for a use may be named.
func (p purpose) takes(use catalogv1.TemplateUse) bool {
	return use == p.use || slices.Contains(p.others, use)
}

// components are those that customers are told about.
func (p purpose) components() []*incidentv1.ComponentImpact {
	var all []*incidentv1.ComponentImpact
	for _, c := range p.customers.Components {
		all = append(all, &incidentv1.ComponentImpact{Component: c.Component, Status: incidentv1.ComponentStatus(c.Status)})
	}
	return all
}

// purposeOf reads what a request wants a text for.
func (s *Service) purposeOf(ctx context.Context, r *timelinev1.RenderTemplateRequest, w *writer) (purpose, error) {
	var passing draft.Passing
	p := purpose{status: w.View.Incident.Status}
	p.values = func(names []string) template.Values { return w.ForTeam(names, passing) }
	switch {
	case r.GetCustomerUpdate() != nil:
		return w.forCustomers(r.GetCustomerUpdate())
	case r.GetHandover() != nil:
		v, err := viewer(ctx)
		if err != nil {
			return p, err
		}
		passing.Role = incident.Role(r.GetHandover().GetRole())
		if w.View.Incident.Holder(passing.Role) == "" {
			return p, &rpc.Refusal{Code: codes.FailedPrecondition, Reason: "role_free", Message: fmt.Sprintf("nobody holds the role of %s: assign it instead", passing.Role)}
		}
		if passing.To, err = s.person(v, r.GetHandover().GetPerson()); err != nil {
			return p, err
		}
		p.use, p.words = catalogv1.TemplateUse_TEMPLATE_USE_HANDOVER, "handing over"
	case r.GetDebrief() != nil:
		p.use, p.words = catalogv1.TemplateUse_TEMPLATE_USE_DEBRIEF, "debriefs"
	default:
		p.use, p.words = catalogv1.TemplateUse_TEMPLATE_USE_INTERNAL_UPDATE, "updates of the team"
	}
	return p, nil
}

// forCustomers is a text for customers. Only templates for customers may be named:
// they can use nothing that is not public.
func (w *writer) forCustomers(r *timelinev1.CustomerUpdate) (purpose, error) {
	next, err := travel.Instant("customer_update.next_update_time", r.GetNextUpdateTime())
	if err != nil {
		return purpose{}, err
	}
	if status := incident.Status(r.GetStatus()); status < incident.StatusInvestigating || status > incident.StatusResolved {
		return purpose{}, rpc.InvalidField("customer_update.status", "not_a_public_status",
			"status must be investigating, identified, monitoring or resolved")
	}
	u := &draft.Update{Status: incident.Status(r.GetStatus()), Title: r.GetTitle(), NextUpdate: next, Pages: r.GetPages()}
	for _, c := range r.GetComponents() {
		u.Components = append(u.Components, incident.ComponentImpact{
			Component: c.GetComponent(), Status: incident.ComponentStatus(c.GetStatus()),
		})
	}
	if len(u.Components) == 0 {
		u.Components = draft.Suffering(&w.View.Incident, u.Status)
	}
	return purpose{
		use: playbook.CustomerUse(draft.Told(&w.View.Incident), u.Status), status: u.Status, words: "customers", customers: u,
		others: []catalogv1.TemplateUse{
			catalogv1.TemplateUse_TEMPLATE_USE_ACKNOWLEDGMENT, catalogv1.TemplateUse_TEMPLATE_USE_PROGRESS,
			catalogv1.TemplateUse_TEMPLATE_USE_RESOLUTION,
		},
		values: func(names []string) template.Values { return w.ForCustomers(names, *u) },
	}, nil
}

// promise proposes when customers hear again, where the text says so and nobody has
// said when: as often as the clocks of the severity and the status ask for.
func (w *writer) promise(u *draft.Update, names []string, given map[string]string) {
	if !u.NextUpdate.IsZero() || u.Status == incident.StatusResolved {
		return
	}
	for _, name := range []string{"next_update_at", "next_update_in"} {
		if given[name] != "" {
			return
		}
	}
	if !slices.Contains(names, "next_update_at") && !slices.Contains(names, "next_update_in") {
		return
	}
	due, ok := w.book.Policies().Of(w.severity()).DueFrom(clock.ExternalUpdate, w.View.Incident.Status, w.at)
	if due = due.Truncate(time.Minute); ok && due.After(w.at) {
		u.NextUpdate = due
	}
}

func (w *writer) severity() incident.Severity { return w.View.Incident.Severity }

package playbook

import (
	"errors"
	"slices"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// Template returns the template for a use: of those that fit the severity and the
// status the one that names them most exactly (both before the status, that before
// the severity), then the first by name. The team's own count before those that are
// built in, which count for a use that none of the team's own fits.
func (p *Playbook) Template(use catalogv1.TemplateUse, severity incident.Severity, status incident.Status) (*catalog.Resource, bool) {
	if r, ok := selected(p.effective["template"], use, severity, status); ok {
		return r, true
	}
	return selected(p.builtIn["template"], use, severity, status)
}

func selected(templates []*catalog.Resource, use catalogv1.TemplateUse, severity incident.Severity, status incident.Status) (*catalog.Resource, bool) {
	var best *catalog.Resource
	bestFit := -1
	for _, r := range templates {
		t := r.Spec.GetTemplate()
		if t.GetUse() != use {
			continue
		}
		fit, fits := fitOf(t, severity, status)
		if !fits || fit < bestFit || fit == bestFit && strings.Compare(r.Name, best.Name) > 0 {
			continue
		}
		best, bestFit = r, fit
	}
	return best, best != nil
}

// fitOf says how exactly a template names a severity and a status.
func fitOf(t *catalogv1.TemplateSpec, severity incident.Severity, status incident.Status) (fit int, fits bool) {
	const bySeverity, byStatus = 1, 2
	if len(t.GetSeverities()) > 0 {
		if !slices.Contains(t.GetSeverities(), incidentv1.Severity(severity)) {
			return 0, false
		}
		fit += bySeverity
	}
	if len(t.GetStatuses()) > 0 {
		if !slices.Contains(t.GetStatuses(), incidentv1.Status(status)) {
			return 0, false
		}
		fit += byStatus
	}
	return fit, true
}

// Text is a template that was filled in.
type Text struct{ Subject, Body string }

// Render fills in a template resource. The error is a *template.MissingError, which
// names what is missing in the subject and then in the body, or template.ErrTooLong. In
// a post-mortem nothing is missing; see [template.Template.RenderDocument].
func Render(r *catalog.Resource, values template.Values) (Text, error) {
	if catalog.TemplateAudience(r.Spec.GetTemplate().GetUse()) == template.Reviewers {
		return fill(r, func(t template.Template) (string, error) {
			text, err := t.RenderDocument(values)
			return strings.TrimRight(text, "\n"), err
		})
	}
	return fill(r, func(t template.Template) (string, error) { return t.Render(values) })
}

// Preview fills in a template resource with examples.
func Preview(r *catalog.Resource) (Text, error) {
	return fill(r, func(t template.Template) (string, error) { return t.Preview(), nil })
}

func fill(r *catalog.Resource, with func(template.Template) (string, error)) (text Text, err error) {
	s := r.Spec.GetTemplate()
	var missing template.MissingError
	for _, part := range []struct {
		from string
		to   *string
	}{{s.GetSubject(), &text.Subject}, {s.GetBody(), &text.Body}} {
		t, err := template.Parse(part.from, catalog.TemplateAudience(s.GetUse()))
		if err != nil {
			return Text{}, err
		}
		*part.to, err = with(t)
		if lacks, ok := errors.AsType[*template.MissingError](err); ok {
			missing.Add(lacks.Names...)
		} else if err != nil {
			return Text{}, err
		}
	}
	if len(missing.Names) > 0 {
		return Text{}, &missing
	}
	return text, nil
}

// Checklists returns those for a moment and a severity, in their order. The role
// counts for the use role only.
func (p *Playbook) Checklists(use catalogv1.ChecklistUse, severity incident.Severity, role incident.Role) []*catalog.Resource {
	var found []*catalog.Resource
	for _, r := range p.effective["checklist"] {
		c := r.Spec.GetChecklist()
		byRole := use != catalogv1.ChecklistUse_CHECKLIST_USE_ROLE || incident.Role(c.GetRole()) == role
		bySeverity := len(c.GetSeverities()) == 0 || slices.Contains(c.GetSeverities(), incidentv1.Severity(severity))
		if c.GetUse() == use && byRole && bySeverity {
			found = append(found, r)
		}
	}
	return found
}

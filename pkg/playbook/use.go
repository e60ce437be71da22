package playbook

import (
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// CustomerUse says what a text for customers is for. told is true when they were told
// something before that still stands; status is what they will read now. When it is
// over that is a resolution. Who hears of it for the first time when a remedy is in
// place already is not told that somebody is looking: that is progress.
func CustomerUse(told bool, status incident.Status) catalogv1.TemplateUse {
	switch {
	case status == incident.StatusResolved:
		return catalogv1.TemplateUse_TEMPLATE_USE_RESOLUTION
	case told || status == incident.StatusMonitoring:
		return catalogv1.TemplateUse_TEMPLATE_USE_PROGRESS
	}
	return catalogv1.TemplateUse_TEMPLATE_USE_ACKNOWLEDGMENT
}

// Variables returns the variables that a template resource uses, in their order, each
// once. What does not parse uses none.
func Variables(r *catalog.Resource) []string {
	s := r.Spec.GetTemplate()
	audience := catalog.TemplateAudience(s.GetUse())
	subject, err := template.Parse(s.GetSubject(), audience)
	if err != nil {
		return nil
	}
	body, err := template.Parse(s.GetBody(), audience)
	if err != nil {
		return nil
	}
	return template.Join(subject, body).Names()
}

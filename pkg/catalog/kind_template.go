package catalog

import (
	"errors"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// templateKind: a text with variables, each of which has to be known.
func templateKind() Kind {
	return Kind{Name: "template", Title: "Template", check: func(c *checker, r *Resource) {
		s := r.Spec.GetTemplate()
		c.templateText(r, "spec.subject", s.GetSubject())
		c.templateText(r, "spec.body", s.GetBody())
	}}
}

func (c *checker) templateText(r *Resource, field, text string) {
	_, err := template.Parse(text, TemplateAudience(r.Spec.GetTemplate().GetUse()))
	var problem *template.Problem
	if !errors.As(err, &problem) {
		return
	}
	message := problem.Message
	var names []string
	for _, v := range template.Variables() {
		names = append(names, v.Name)
	}
	if near := Nearest(problem.Name, names); problem.Name != "" && len(near) > 0 && near[0] != problem.Name {
		message = "there is no variable " + quote(problem.Name) + ": did you mean " + quote(near[0]) + "?"
	}
	c.violate(r, field, "bad_template", fmt.Sprintf("line %d of the text: %s", problem.Line, message))
}

// TemplateAudience says who reads what a template is for.
func TemplateAudience(use catalogv1.TemplateUse) template.Audience {
	switch use {
	case catalogv1.TemplateUse_TEMPLATE_USE_ACKNOWLEDGMENT, catalogv1.TemplateUse_TEMPLATE_USE_PROGRESS,
		catalogv1.TemplateUse_TEMPLATE_USE_RESOLUTION:
		return template.Customers
	case catalogv1.TemplateUse_TEMPLATE_USE_POSTMORTEM:
		return template.Reviewers
	default:
		return template.Team
	}
}

package postmortem

import (
	"fmt"
	"slices"

	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Text is a template for documents: a title, and a body in Markdown.
type Text struct{ title, body template.Template }

// Read reads a template of the playbook. The error is a [*template.Problem]; what the
// catalog holds was read before.
func Read(spec *catalogv1.TemplateSpec) (Text, error) {
	title, err := template.Parse(spec.GetSubject(), template.Reviewers)
	if err != nil {
		return Text{}, fmt.Errorf("subject: %w", err)
	}
	body, err := template.Parse(spec.GetBody(), template.Reviewers)
	if err != nil {
		return Text{}, fmt.Errorf("body: %w", err)
	}
	return Text{title: title, body: body}, nil
}

// names are the variables that it uses.
func (t Text) names() []string { return template.Join(t.title, t.body).Names() }

// Uses tells whether it uses a variable.
func (t Text) Uses(name string) bool { return slices.Contains(t.names(), name) }

package answer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/draft"
	"github.com/bridgelog/bridgelog/services/timeline/internal/travel"
)

// RenderTemplate implements the RPC.
func (s *Service) RenderTemplate(ctx context.Context, r *timelinev1.RenderTemplateRequest) (*timelinev1.RenderTemplateResponse, error) {
	f, err := s.find(ctx, r.GetIncident(), r.GetPosition())
	if err != nil {
		return nil, err
	}
	m, err := s.momentOf(ctx, travel.Moment{})
	if err != nil {
		return nil, refuse(err)
	}
	v, err := s.travel(ctx, f.incident, travel.Moment{})
	if err != nil {
		return nil, refuse(err)
	}
	other, err := s.otherNames(ctx, headlines(v.Entries))
	if err != nil {
		return nil, refuse(err)
	}
	w := &writer{moment: m, Incident: draft.Incident{View: v, Catalog: m.state, Book: m.book, Name: s.names().Of, Other: other, Now: m.at}}
	p, err := s.purposeOf(ctx, r, w)
	if err != nil {
		return nil, err
	}
	chosen, err := w.choose(r.GetTemplate(), p)
	if err != nil {
		return nil, err
	}
	answer, err := w.write(chosen, p, r.GetValues())
	if err != nil {
		return nil, err
	}
	answer.Position = f.position.String()
	return answer, nil
}

// writer writes texts about one incident.
type writer struct {
	moment
	draft.Incident
}

// choose finds the template that is asked for, or the one that fits best.
func (w *writer) choose(name string, p purpose) (*catalog.Resource, error) {
	if name == "" {
		r, ok := w.book.Template(p.use, w.severity(), p.status)
		if !ok {
			return nil, &rpc.Refusal{
				Code: codes.FailedPrecondition, Reason: "no_template", Field: "template",
				Message: "no template is for " + useWords(p.use) + " here: write the text yourself, or add a template",
			}
		}
		return r, nil
	}
	r, ok := w.book.Find("template", name)
	if !ok {
		return nil, &rpc.Refusal{Code: codes.NotFound, Reason: "no_such_template", Field: "template", Message: w.unknownTemplate(name)}
	}
	if use := r.Spec.GetTemplate().GetUse(); !p.takes(use) {
		return nil, rpc.InvalidField("template", "other_use",
			fmt.Sprintf("template %q is for %s, not for %s: choose another one", r.Name, useWords(use), p.words))
	}
	return r, nil
}

func (w *writer) unknownTemplate(name string) string {
	var known []string
	for _, r := range w.book.Resources("template") {
		known = append(known, r.Name)
	}
	if near := catalog.Nearest(name, known); len(near) > 0 {
		return fmt.Sprintf("there is no template %q: did you mean %q?", name, near[0])
	}
	return fmt.Sprintf("there is no template %q: bridgelog playbook preview shows all", name)
}

// write fills the template in. What was given counts before what the log knows.
func (w *writer) write(r *catalog.Resource, p purpose, given map[string]string) (*timelinev1.RenderTemplateResponse, error) {
	names := playbook.Variables(r)
	if err := useful(r.Name, given, names); err != nil {
		return nil, err
	}
	answer := &timelinev1.RenderTemplateResponse{Template: r.Name, Use: useName(r.Spec.GetTemplate().GetUse())}
	if p.customers != nil {
		w.promise(p.customers, names, given)
		answer.Components = p.components()
		if next := p.customers.NextUpdate; !next.IsZero() {
			answer.NextUpdateTime = timestamppb.New(next)
		}
	}
	values := p.values(names)
	maps.Copy(values, given)
	text, err := playbook.Render(r, values)
	if err != nil {
		return nil, unfilled(r.Name, err)
	}
	answer.Subject, answer.Text = draft.Tidy(text.Subject), draft.Tidy(text.Body)
	if p.customers == nil && answer.GetSubject() != "" {
		answer.Text = answer.GetSubject() + "\n\n" + answer.GetText()
	}
	return answer, nil
}

// useful refuses values that would be lost: of names that are no variables, and of
// variables that the template does not use.
func useful(name string, given map[string]string, used []string) error {
	for _, one := range slices.Sorted(maps.Keys(given)) {
		if _, known := template.Find(one); !known {
			return rpc.InvalidField("values."+one, "unknown_variable", unknownVariable(one))
		}
		if !slices.Contains(used, one) {
			return rpc.InvalidField("values."+one, "unused_value",
				fmt.Sprintf("template %q does not use {{%s}}: it uses %s", name, one, strings.Join(used, ", ")))
		}
	}
	return nil
}

func unknownVariable(name string) string {
	var known []string
	for _, v := range template.Variables() {
		known = append(known, v.Name)
	}
	if near := catalog.Nearest(name, known); len(near) > 0 {
		return fmt.Sprintf("there is no variable %q: did you mean %q?", name, near[0])
	}
	return fmt.Sprintf("there is no variable %q: bridgelog playbook variables shows all", name)
}

// unfilled refuses a text that lacks values, each by its name.
func unfilled(name string, err error) error {
	if missing, ok := errors.AsType[*template.MissingError](err); ok {
		refusal := &rpc.Refusal{Code: codes.InvalidArgument, Reason: "missing_variable"}
		var said []string
		for _, one := range missing.Names {
			v, _ := template.Find(one)
			said = append(said, fmt.Sprintf("{{%s}} (%s)", one, v.Meaning))
			refusal.Fields = append(refusal.Fields, "values."+one)
		}
		refusal.Message = fmt.Sprintf("template %q needs a value for %s", name, strings.Join(said, " and for "))
		return refusal
	}
	if errors.Is(err, template.ErrTooLong) {
		return rpc.InvalidField("template", "too_long", fmt.Sprintf("template %q: %v", name, err))
	}
	return err
}

// useName is a use as documents spell it.
func useName(use catalogv1.TemplateUse) string {
	return strings.ToLower(strings.TrimPrefix(use.String(), "TEMPLATE_USE_"))
}

// useWords says what a template is for.
func useWords(use catalogv1.TemplateUse) string {
	switch use {
	case catalogv1.TemplateUse_TEMPLATE_USE_INTERNAL_UPDATE:
		return "updates of the team"
	case catalogv1.TemplateUse_TEMPLATE_USE_ACKNOWLEDGMENT:
		return "telling customers for the first time"
	case catalogv1.TemplateUse_TEMPLATE_USE_PROGRESS:
		return "telling customers how it goes on"
	case catalogv1.TemplateUse_TEMPLATE_USE_RESOLUTION:
		return "telling customers that it is over"
	case catalogv1.TemplateUse_TEMPLATE_USE_HANDOVER:
		return "handing over"
	case catalogv1.TemplateUse_TEMPLATE_USE_DEBRIEF:
		return "debriefs"
	case catalogv1.TemplateUse_TEMPLATE_USE_POSTMORTEM:
		return "post-mortems"
	case catalogv1.TemplateUse_TEMPLATE_USE_RUNBOOK:
		return "runbooks"
	case catalogv1.TemplateUse_TEMPLATE_USE_UNSPECIFIED:
	}
	return "something else"
}

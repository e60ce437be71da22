package cli

import (
	"cmp"
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// filling is a template of the playbook that a text is made of.
type filling struct {
	template string
	set      []string
	dryRun   bool

	values template.Values
}

// bind adds the flags of a command whose text a template can give.
func (f *filling) bind(flags *pflag.FlagSet) {
	flags.StringVar(&f.template, "template", "", "fill in this template of the playbook; see `bridgelog playbook preview`")
	flags.StringArrayVar(&f.set, "set", nil, "a value for a template, as name=value; may be repeated")
	flags.BoolVar(&f.dryRun, "dry-run", false, "show the text and write nothing")
}

// asked reports whether somebody wants a template filled in.
func (f *filling) asked() bool { return f.template != "" || len(f.set) > 0 }

// read reads the values, and text as the variable message where there is one.
func (f *filling) read(text string) (err error) {
	if f.values, err = valuesOf(f.set); err != nil || strings.TrimSpace(text) == "" {
		return err
	}
	if f.values == nil {
		f.values = template.Values{}
	}
	f.values["message"] = text
	return nil
}

// fillable lets an act be completed with templates.
func (a *app) fillable(c *cobra.Command) *cobra.Command {
	_ = c.RegisterFlagCompletionFunc("template", a.completeTemplate)
	_ = c.RegisterFlagCompletionFunc("set", completeVariables)
	return c
}

// completeVariables completes the names of variables.
func completeVariables(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var found []cobra.Completion
	for _, v := range template.Variables() {
		if strings.HasPrefix(v.Name, typed) {
			found = append(found, cobra.CompletionWithDesc(v.Name+"=", v.Meaning))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// fill has the system fill in the template. byFlag names the flags that give a
// variable its value where that is not --set; instead says how to do without.
func (a *app) fill(
	ctx context.Context, s *session, f *filling, r *timelinev1.RenderTemplateRequest, byFlag map[string]string, instead string,
) (*timelinev1.RenderTemplateResponse, error) {
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	r.Template, r.Values = f.template, f.values
	answer, err := s.Timeline.RenderTemplate(ctx, r)
	known := fault.From(err)
	switch {
	case known == nil:
		return answer, nil
	case known.Reason == "missing_variable":
		give := ways(known.Fields, byFlag)
		if len(give) == 1 && strings.HasPrefix(give[0], "--message") {
			instead = "" // that is what it says
		}
		known.Message += ": " + strings.Join(give, " ") + instead
		known.Field = "set"
	case known.Code == fault.Unreachable:
		known.Message = "no template can be filled in: " + known.Message + instead
	}
	return nil, known
}

// ways says how to give the variables that have no value, by the fields of a request.
func ways(fields []string, byFlag map[string]string) []string {
	var all []string
	for _, field := range fields {
		name := strings.TrimPrefix(field, "values.")
		all = append(all, cmp.Or(byFlag[name], `--set `+name+`="…"`))
	}
	return all
}

// draftView is a text that nobody was told yet, for scripts.
type draftView struct {
	Incident       string            `json:"incident"`
	Template       string            `json:"template"`
	Use            string            `json:"use"`
	Subject        string            `json:"subject"`
	Text           string            `json:"text"`
	Status         string            `json:"status"`
	NextUpdateTime view.Time         `json:"next_update_time"`
	Components     map[string]string `json:"components"`
}

// draft shows a text for the team instead of writing it: alone on the output, so that
// it can be kept, changed and given to the command that writes it.
func (a *app) draft(incident, text string, answer *timelinev1.RenderTemplateResponse) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	v := draftView{
		Incident: incident, Template: answer.GetTemplate(), Use: answer.GetUse(), Subject: answer.GetSubject(), Text: text,
		Components: map[string]string{},
	}
	if p.Format == output.Table {
		p.Format = output.Markdown
	}
	if err := p.Print(output.Document{Value: v, Raw: text + "\n"}); err != nil {
		return err
	}
	return fault.Stop(fault.Done)
}

// teamText says how a text for the team is made of a template.
type teamText struct {
	request *timelinev1.RenderTemplateRequest
	// instead says how to do without a template.
	instead string
	// always: without a text, a template is filled in and asked for with question.
	always   bool
	question string
}

// teamText fills in a template where one is wanted, and shows the text where it is not
// to be written.
func (a *app) teamText(ctx context.Context, s *session, w *writing, f *filling, text *string, yes bool, t teamText) error {
	var answer *timelinev1.RenderTemplateResponse
	unnamed := t.always && strings.TrimSpace(*text) == "" && !f.asked()
	if f.asked() || unnamed || f.dryRun && strings.TrimSpace(*text) == "" {
		err := f.read(*text)
		if err != nil {
			return err
		}
		t.request.Incident = w.incident
		if answer, err = a.fill(ctx, s, f, t.request, nil, t.instead); err != nil {
			return err
		}
		*text = answer.GetText()
	}
	switch {
	case f.dryRun:
		return a.draft(w.incident, *text, answer)
	case unnamed:
		return a.confirm(yes, t.question, []output.Block{
			output.Line{output.P("From the template"), output.T(output.Strong, answer.GetTemplate())}, output.Text(*text),
		})
	}
	return nil
}

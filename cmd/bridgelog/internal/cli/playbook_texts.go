package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/playbook/template"
)

// variableView is one variable for scripts.
type variableView struct {
	Name    string `json:"name"`
	Meaning string `json:"meaning"`
	Example string `json:"example"`
	// Public is true when templates for customers may use it.
	Public bool `json:"public"`
	// Given is true when only whoever writes can say it.
	Given bool `json:"given"`
	// Document is true when only templates for post-mortems may use it.
	Document bool `json:"document"`
}

func (a *app) playbookVariablesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "variables", Short: "Show what templates can fill in", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			views := []variableView{}
			rows := output.Rows{Columns: []string{"variable", "for", "what it stands for", "example"}}
			for _, v := range template.Variables() {
				views = append(views, variableView{v.Name, v.Meaning, v.Example, v.Public, v.Given, v.Document})
				meaning := v.Meaning
				if more := v.InDocument(); more != "" {
					meaning += "; in a post-mortem " + more
				}
				first, _, _ := strings.Cut(v.Example, "\n")
				rows.Rows = append(rows.Rows, []output.Cell{
					output.T(output.Strong, "{{"+v.Name+"}}"), output.P(v.For()), output.P(meaning), output.T(output.Dim, first),
				})
			}
			return p.Print(output.Document{Value: map[string]any{"variables": views}, Blocks: []output.Block{rows}})
		},
	}
}

// textView is a template that was filled in, for scripts.
type textView struct {
	Name    string `json:"name"`
	Use     string `json:"use"`
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

func (a *app) playbookPreviewCommand() *cobra.Command {
	var set []string
	c := &cobra.Command{
		Use: "preview [TEMPLATE]", Short: "Show templates with examples filled in, or with values of yours", Args: atMost(1),
		ValidArgsFunction: a.completeTemplates,
		Long: `Show one template, or all, with examples filled in. With --set the values are yours
and only yours: a variable without one is refused by its name, or marked in a post-mortem.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			return a.playbookPreview(cmd.Context(), name, set)
		},
	}
	c.Flags().StringArrayVar(&set, "set", nil, "a value, as name=value; may be repeated")
	return c
}

// completeTemplate completes the name of a template as a flag's value.
func (a *app) completeTemplate(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return a.completeTemplates(cmd, nil, typed)
}

// completeTemplates completes the names of templates.
func (a *app) completeTemplates(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	b, err := a.playbook(cmd.Context(), "template")
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	for _, r := range b.Resources("template") {
		names = append(names, r.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func (a *app) playbookPreview(ctx context.Context, name string, set []string) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	values, err := valuesOf(set)
	if err != nil {
		return err
	}
	b, err := a.playbook(ctx, "template")
	if err != nil {
		return err
	}
	templates := b.Resources("template")
	if name != "" {
		r, found := b.Find("template", name)
		if !found {
			return fault.NotFoundf("there is no template %q: `bridgelog playbook preview` shows all", name)
		}
		templates = []*catalog.Resource{r}
	}
	blocks := b.note()
	views := []textView{}
	for _, r := range templates {
		text, err := playbook.Preview(r)
		if values != nil {
			text, err = playbook.Render(r, values)
		}
		if err != nil {
			return fault.FieldUsagef("set", "template %s: %w", r.Name, err)
		}
		views = append(views, textView{r.Name, wordOf(r, "use"), text.Subject, text.Body})
		blocks = append(blocks, output.Heading(r.Name))
		if text.Subject != "" {
			blocks = append(blocks, output.Line{output.T(output.Strong, text.Subject)})
		}
		blocks = append(blocks, output.Text(text.Body))
	}
	return p.Print(output.Document{Value: map[string]any{"templates": views}, Blocks: blocks})
}

// valuesOf reads name=value; nil when there are none.
func valuesOf(set []string) (template.Values, error) {
	if len(set) == 0 {
		return nil, nil
	}
	values := template.Values{}
	for _, one := range set {
		name, value, ok := strings.Cut(one, "=")
		if !ok {
			return nil, fault.FieldUsagef("set", "%q is no value: write --set name=value", one)
		}
		if _, err := template.Parse("{{"+name+"}}", template.Reviewers); err != nil {
			return nil, fault.FieldUsagef("set", "there is no variable %q: see `bridgelog playbook variables`", name)
		}
		values[name] = value
	}
	return values, nil
}

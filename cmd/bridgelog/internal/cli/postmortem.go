package cli

import (
	"bytes"
	"fmt"

	"github.com/microcosm-cc/bluemonday"
	"github.com/spf13/cobra"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

func (a *app) postmortemCommand() *cobra.Command {
	var t travel
	var owner, state, template string
	write := a.postmortemWrite(&owner, &state)
	c := &cobra.Command{
		Use: "postmortem [INC] [-o md|html|json]", Short: "Write the post-mortem of an incident from the log", Args: atMost(1),
		Long: `Write the post-mortem of an incident from the log, as Markdown, as an HTML fragment,
or as JSON. Its sections and their order are those of the playbook's template for
post-mortems that fits; --template takes another one. With --owner, ask somebody to look after it; with --state, move it on: draft,
in review, published, closed, and back for more work.`,
		ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case template != "" && (owner != "" || state != ""):
				return fault.FieldUsagef("template", "give --template when you read the post-mortem, not with --owner or --state")
			case owner != "" || state != "":
				return write.RunE(cmd, args)
			}
			p, err := a.printer(output.Table, output.Markdown, output.HTML, output.JSON, output.YAML)
			if err != nil {
				return err
			}
			incident, _, err := a.splitIncident(args, 0)
			if err != nil {
				return err
			}
			moment, err := t.read(a)
			if err != nil {
				return err
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			ctx, cancel := a.deadline(cmd.Context())
			defer cancel()
			at, err := moment.in(ctx, a, s, incident)
			if err != nil {
				return err
			}
			r, err := s.Timeline.GetPostmortem(ctx, &timelinev1.GetPostmortemRequest{Incident: incident, At: at, Template: template})
			if err != nil {
				return err
			}
			d := output.Document{
				Value: map[string]string{"incident": incident, "markdown": r.GetMarkdown(), "position": r.GetPosition(), "template": r.GetTemplate()},
				Raw:   r.GetMarkdown(),
			}
			if p.Format == output.HTML {
				if d.Raw, err = htmlOf(r.GetMarkdown()); err != nil {
					return err
				}
				p.Format = output.Markdown
			}
			return p.Print(d)
		},
	}
	t.bind(c.Flags())
	c.Flags().AddFlagSet(write.Flags())
	c.Flags().StringVar(&template, "template", "", "write it by this template of the playbook; see `bridgelog playbook preview`")
	c.Flags().StringVar(&owner, "owner", "", "the person who looks after it")
	c.Flags().StringVar(&state, "state", "", "where it stands now: draft, in_review, published or closed")
	_ = c.RegisterFlagCompletionFunc("template", a.completeTemplate)
	_ = c.RegisterFlagCompletionFunc("owner", a.completeResources("person"))
	_ = c.RegisterFlagCompletionFunc("state", cobra.FixedCompletions([]cobra.Completion{"draft", "in_review", "published", "closed"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// htmlOf renders Markdown as HTML in which nothing can run.
func htmlOf(markdown string) (string, error) {
	var rendered bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert([]byte(markdown), &rendered); err != nil {
		return "", fmt.Errorf("render post-mortem: %w", err)
	}
	return bluemonday.UGCPolicy().Sanitize(rendered.String()), nil
}

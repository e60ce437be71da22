package cli

import (
	"bytes"
	"fmt"

	"github.com/microcosm-cc/bluemonday"
	"github.com/spf13/cobra"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

func (a *app) postmortemCommand() *cobra.Command {
	var t travel
	c := &cobra.Command{
		Use: "postmortem [INC] [-o md|html|json]", Short: "Write the post-mortem of an incident from the log", Args: atMost(1),
		Long:              "Write the post-mortem of an incident from the log, as Markdown, as an HTML fragment, or as JSON.",
		ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer(output.Table, output.Markdown, output.HTML, output.JSON, output.YAML)
			if err != nil {
				return err
			}
			incident, _, err := a.splitIncident(args, 0)
			if err != nil {
				return err
			}
			at, err := t.at(a)
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
			r, err := s.Timeline.GetPostmortem(ctx, &timelinev1.GetPostmortemRequest{Incident: incident, At: at})
			if err != nil {
				return err
			}
			d := output.Document{
				Value: map[string]string{"incident": incident, "markdown": r.GetMarkdown(), "position": r.GetPosition()},
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

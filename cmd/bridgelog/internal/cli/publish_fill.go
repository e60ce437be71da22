package cli

import (
	"context"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// fill has the system write the update with a template.
func (p *publication) fill(ctx context.Context, a *app, s *session) error {
	r := p.request
	answer, err := a.fill(ctx, s, &p.filling, &timelinev1.RenderTemplateRequest{
		Incident: r.GetIncident(),
		Purpose: &timelinev1.RenderTemplateRequest_CustomerUpdate{CustomerUpdate: &timelinev1.CustomerUpdate{
			Status: r.GetStatus(), Title: r.GetTitle(), Components: r.GetComponents(), NextUpdateTime: r.GetNextUpdateTime(), Pages: r.GetPages(),
		}},
	}, map[string]string{
		"headline":       `--title "…"`,
		"message":        `--message "…"`,
		"components":     `--component api=partial_outage`,
		"next_update_at": `--next-update 30m`,
		"next_update_in": `--next-update 30m`,
	}, `; or say it yourself: --message "…"`)
	if err != nil {
		return err
	}
	p.filling.template, p.use = answer.GetTemplate(), answer.GetUse()
	r.Message, r.Components, r.NextUpdateTime = answer.GetText(), answer.GetComponents(), answer.GetNextUpdateTime()
	if answer.GetSubject() != "" {
		r.Title = answer.GetSubject()
	}
	return nil
}

// show shows the update instead of publishing it.
func (p *publication) show(a *app, in view.Incident, blocks []output.Block) error {
	printer, err := a.printer()
	if err != nil {
		return err
	}
	r := p.request
	v := draftView{
		Incident: in.Name, Template: p.filling.template, Subject: r.GetTitle(), Text: r.GetMessage(), Status: view.Status(r.GetStatus()),
		NextUpdateTime: view.TimeOf(r.GetNextUpdateTime()), Components: map[string]string{}, Use: p.use,
	}
	for _, c := range r.GetComponents() {
		v.Components[c.GetComponent()] = view.Word(c.GetStatus())
	}
	if err := printer.Print(output.Document{Value: v, Blocks: blocks}); err != nil {
		return err
	}
	return fault.Stop(fault.Done)
}

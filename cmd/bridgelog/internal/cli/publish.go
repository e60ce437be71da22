package cli

import (
	"cmp"
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/timeparse"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// publication is what a person wants customers to read.
type publication struct {
	status, message, title, next, impact string
	pages, components                    []string
	retract, reason                      string
	yes                                  bool
	filling                              filling
	templated                            bool
	use                                  string // what its template is for

	request *incidentv1.PublishUpdateRequest
}

func (a *app) publishCommand() *cobra.Command {
	var p publication
	return a.fillable(a.command(act{
		use:   "publish [INC] --status investigating|identified|monitoring|resolved [--message \"text\"]",
		short: "Tell customers something on the status page",
		long: `Tell customers something on the status page. The update is shown and asked for
before it goes out; --yes skips that, and --dry-run shows it and publishes nothing.
Without --component the components that suffer internally are proposed.

Without --message the text is a template of the playbook: the one for acknowledging,
going on or the end that fits the severity and the status best, or the one that
--template names. It is filled in with what may be public and with what --set gives;
with --set or --template, --message is the value of {{message}}. A template that says
when customers hear again promises that by the clocks of the severity, unless
--next-update says when. --retract takes an update back.`,
		flags:   p.bind,
		prepare: func(w *writing) error { return p.prepare(a, w) },
		before:  func(ctx context.Context, s *session, w *writing) error { return p.preview(ctx, a, s, w) },
		done: func(*writing) string {
			if p.retract != "" {
				return "update " + p.retract + " retracted"
			}
			return "published"
		},
		call: p.send,
	}))
}

func (p *publication) bind(flags *pflag.FlagSet) {
	p.filling.bind(flags)
	flags.StringVar(&p.status, "status", "", "what customers read: investigating, identified, monitoring or resolved")
	flags.StringVar(&p.message, "message", "", "what customers read; - reads it from the input")
	flags.StringVar(&p.title, "title", "", "the incident's public name; empty keeps the one before")
	flags.StringVar(&p.next, "next-update", "", "when customers hear again: 30m, 15:30, RFC 3339")
	flags.StringVar(&p.impact, "impact", "", "none, minor, major, critical or maintenance; empty: from the components")
	flags.StringArrayVar(&p.pages, "page", nil, "only on this status page; may be repeated")
	flags.StringArrayVar(&p.components, "component", nil, "component and its state, as in api=partial_outage; may be repeated")
	flags.StringVar(&p.retract, "retract", "", "take this update back instead")
	flags.StringVar(&p.reason, "reason", "", "why it is taken back (internal)")
	flags.BoolVar(&p.yes, "yes", false, "do not ask")
}

func (p *publication) prepare(a *app, w *writing) error {
	if p.retract != "" {
		if p.status+p.message+p.title+p.next != "" || p.filling.asked() {
			return fault.FieldUsagef("retract", "--retract takes an update back: publish a new one with a second command")
		}
		return nil
	}
	status, err := incident.ParseStatus(cmp.Or(p.status, "?"))
	if err != nil || status < incident.StatusInvestigating || status > incident.StatusResolved {
		return fault.FieldUsagef("status", "what do customers read? --status investigating, identified, monitoring or resolved")
	}
	message, err := a.textOrInput(p.message)
	if err != nil {
		return err
	}
	if p.message != "" && strings.TrimSpace(message) == "" {
		return fault.FieldUsagef("message", "what do customers read? --message \"We are looking into it.\"")
	}
	p.templated = p.filling.asked() || message == ""
	if err := p.filling.read(message); err != nil {
		return err
	}
	components, err := parseImpact(p.components)
	if err != nil {
		return err
	}
	p.request = &incidentv1.PublishUpdateRequest{
		Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
		Status: incidentv1.Status(status), Message: message, Title: p.title, Pages: p.pages,
		Components: components, Impact: p.impact,
	}
	if p.next != "" {
		next, err := timeparse.Ahead(p.next, a.Now(), a.Zone)
		if err != nil {
			return fault.FieldUsagef("next-update", "--next-update: %w", err)
		}
		p.request.NextUpdateTime = timestamppb.New(next)
	}
	return nil
}

// preview proposes the components that suffer, shows what goes out, and asks.
func (p *publication) preview(ctx context.Context, a *app, s *session, w *writing) error {
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	response, err := s.Timeline.GetIncident(ctx, &timelinev1.GetIncidentRequest{Incident: w.incident})
	if f := fault.From(err); f != nil {
		if f.Code == fault.NotFound || f.Code == fault.NotAllowed {
			return f
		}
		a.say(output.T(output.Warn, "the read side does not answer, so no components are proposed:"), output.P(f.Error()))
	}
	in := view.OfIncident(response.GetIncident())
	if in.Name == "" {
		in.Name = w.incident
	}
	if p.retract != "" {
		blocks := retraction(in, p.retract, a.clock())
		if p.filling.dryRun {
			return p.show(a, in, blocks)
		}
		return a.confirm(p.yes, "Take this update back?", blocks)
	}
	if p.templated {
		if err := p.fill(ctx, a, s); err != nil {
			return err
		}
	} else if len(p.components) == 0 {
		for _, c := range response.GetIncident().GetImpact() {
			p.request.Components = append(p.request.Components, proposed(c, p.request.GetStatus()))
		}
	}
	blocks := p.blocks(a, in)
	if marks := a.marks(s, &in); len(marks) > 0 {
		blocks = append(blocks, output.Line(marks))
	}
	if p.filling.dryRun {
		return p.show(a, in, blocks)
	}
	return a.confirm(p.yes, "Publish this?", blocks)
}

// blocks show what customers will read.
func (p *publication) blocks(a *app, in view.Incident) []output.Block {
	fields := output.Fields{
		{Name: "incident", Value: output.P(in.Name + " " + in.Title)},
		{Name: "pages", Value: output.P(cmp.Or(strings.Join(p.pages, ", "), "all"))},
		{Name: "template", Value: output.P(p.filling.template)},
		{Name: "public name", Value: output.P(p.request.GetTitle())},
		{Name: "status", Value: statusCell(view.Status(p.request.GetStatus()))},
		{Name: "components", Value: output.P(impactWords(p.request.GetComponents()))},
	}
	if next := p.request.GetNextUpdateTime(); next != nil {
		fields = append(fields, output.Field{Name: "next update", Value: output.P(a.clock().Time(next.AsTime()))})
	}
	return []output.Block{output.Line{output.T(output.Strong, "Customers will read:")}, fields, output.Text(p.request.GetMessage())}
}

// proposed is the state of a component as customers are told: when all is over
// it works again.
func proposed(c *incidentv1.ComponentImpact, status incidentv1.Status) *incidentv1.ComponentImpact {
	if status == incidentv1.Status_STATUS_RESOLVED {
		return &incidentv1.ComponentImpact{
			Component: c.GetComponent(), Status: incidentv1.ComponentStatus_COMPONENT_STATUS_OPERATIONAL,
		}
	}
	return c
}

// retraction shows the update that is taken back.
func retraction(in view.Incident, id string, clock output.Clock) []output.Block {
	for _, u := range in.PublicUpdates {
		if u.ID == id {
			return []output.Block{
				output.Line{output.T(output.Strong, "Customers will no longer read:"), output.P(clock.Time(u.PublishedTime.Time))},
				output.Text(u.Message),
			}
		}
	}
	return []output.Block{output.Line{output.T(output.Strong, "Customers will no longer read update"), output.P(id)}}
}

func (p *publication) send(ctx context.Context, s *session, w *writing) (*incidentv1.WriteResult, error) {
	if p.retract == "" {
		r, err := s.Commands.PublishUpdate(ctx, p.request)
		return r.GetResult(), err
	}
	r, err := s.Commands.RetractUpdate(ctx, &incidentv1.RetractUpdateRequest{
		Incident: w.incident, RequestId: w.requestID, Etag: w.etag, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
		UpdateId: p.retract, Reason: p.reason,
	})
	return r.GetResult(), err
}

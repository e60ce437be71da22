package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

func (a *app) pagesShowCommand() *cobra.Command {
	return a.showOne(&cobra.Command{
		Use: "show PAGE", Short: "Show one page: who is called, by which ways, and what came of it",
		Long: `Show one page: who is called, by which ways, and what came of it. That a way
delivered says that whatever carries it took the page, for e-mail that the mail server
accepted it; that somebody answered is said by the acknowledgment alone. PAGE is its id, or
the first characters of it, at least four.`,
	}, func(ctx context.Context, s *session, name string) (output.Document, error) {
		ctx, cancel := a.deadline(ctx)
		defer cancel()
		r, err := s.Pages.GetPage(ctx, &signalv1.GetPageRequest{Page: name})
		if err != nil {
			return output.Document{}, err
		}
		one := view.OfPage(r.GetPage())
		return output.Document{Value: one, Blocks: a.pageBlocks(one)}, nil
	})
}

func (a *app) pageBlocks(one view.Page) []output.Block {
	clock := a.clock()
	acknowledged, notBefore := "", ""
	if one.AcknowledgedBy != "" {
		acknowledged = clock.Time(one.AcknowledgedTime.Time) + " by " + one.AcknowledgedBy
	}
	if one.NotBeforeTime.After(one.RequestedTime.Time) {
		notBefore = clock.Time(one.NotBeforeTime.Time)
	}
	return []output.Block{
		output.Line{output.T(output.Strong, shortAlert(one.ID)), pageStateCell(one), output.P(one.AlertTitle)},
		output.Fields{
			{Name: "asked for", Value: output.P(clock.Time(one.RequestedTime.Time))},
			{Name: "not before", Value: output.P(notBefore)},
			{Name: "acknowledged", Value: output.P(acknowledged)},
			{Name: "ended", Value: output.P(clock.Time(one.EndedTime.Time))},
			{Name: "silenced", Value: output.P(silencedOf(one))},
			{Name: "nobody", Value: output.T(output.Bad, one.Problem)},
			{Name: "urgency", Value: output.P(one.Urgency)},
			{Name: "severity", Value: output.P(one.Severity)},
			{Name: "team", Value: output.P(one.Team)},
			{Name: "service", Value: output.P(one.Service)},
			{Name: "alert", Value: output.P(one.Alert)},
			{Name: "incident", Value: output.P(one.Incident)},
			{Name: "route", Value: output.P(one.Route)},
			{Name: "id", Value: output.T(output.Dim, one.ID)},
		},
		a.pagedRows(one),
	}
}

// silencedOf says that nobody is told for now.
func silencedOf(one view.Page) string {
	if !one.Suppressed {
		return ""
	}
	return "the alert is: nobody is told until that is over"
}

// pagedRows are the people of a page, one line for each way.
func (a *app) pagedRows(one view.Page) output.Rows {
	rows := output.Rows{Columns: []string{"who", "way", "by", "state", "attempts", "when", "why"}, Empty: "Nobody is called."}
	for _, p := range one.People {
		if len(p.Ways) == 0 {
			rows.Rows = append(rows.Rows, []output.Cell{output.P(p.Name), {}, {}, output.T(output.Bad, "no_way"), {}, {}, output.P(p.Problem)})
		}
		for _, w := range p.Ways {
			attempts, when := "", ""
			if w.Attempts > 0 {
				attempts = strconv.Itoa(int(w.Attempts))
			}
			if !w.Time.IsZero() {
				when = a.clock().When(w.Time.Time)
			}
			rows.Rows = append(rows.Rows, []output.Cell{
				output.P(p.Name), output.P(w.Type), output.P(w.Integration), wayStateCell(w.State), output.P(attempts),
				output.T(output.Dim, when), output.P(whyOf(w)),
			})
		}
	}
	return rows
}

// whyOf says of a way what there is to say beside its state. That it was delivered must not
// be taken for more than it is.
func whyOf(w view.PagedWay) string {
	if w.State == "delivered" && w.Type == "email" {
		return "the mail server accepted it; whether it was read is not known"
	}
	return w.ReasonText
}

func wayStateCell(state string) output.Cell {
	switch state {
	case "delivered":
		return output.T(output.Good, state)
	case "failed", "no_way":
		return output.T(output.Bad, state)
	case "attempted":
		return output.T(output.Warn, state)
	}
	return output.P(state)
}

// pagesOf are the pages of an alert, for `alerts show`.
func (a *app) pagesOf(ctx context.Context, s *session, alertID string) ([]view.Page, error) {
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	r, err := s.Pages.ListPages(ctx, &signalv1.ListPagesRequest{Alert: alertID})
	if err != nil {
		return nil, err
	}
	pages := []view.Page{}
	for _, one := range r.GetPages() {
		pages = append(pages, view.OfPage(one))
	}
	return pages, nil
}

// alertPageBlocks show the pages of an alert below it.
func (a *app) alertPageBlocks(pages []view.Page) []output.Block {
	var blocks []output.Block
	for _, one := range pages {
		blocks = append(blocks, output.Heading("Page "+shortAlert(one.ID)), output.Line{
			pageStateCell(one), output.P(one.Urgency + " urgency"), output.P(one.Team), output.T(output.Bad, one.Problem),
		}, a.pagedRows(one))
	}
	return blocks
}

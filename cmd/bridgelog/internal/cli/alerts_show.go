package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

func (a *app) alertsShowCommand() *cobra.Command {
	return a.showOne(&cobra.Command{
		Use: "show ALERT", Short: "Show one alert: its life, its incident, its page and its evidence",
		Long: `Show one alert: its life, the incident it led to, who was paged for it, and which raw
signals say so.
ALERT is its id, or the first characters of it, at least four.`,
		ValidArgsFunction: a.completeAlert,
	}, func(ctx context.Context, s *session, name string) (output.Document, error) {
		alert, err := a.wholeAlert(ctx, s, name)
		if err != nil {
			return output.Document{}, err
		}
		return output.Document{Value: alert, Blocks: append(a.alertBlocks(alert), a.alertPageBlocks(alert.Pages)...)}, nil
	})
}

// wholeAlert is an alert with its runbook and its pages.
func (a *app) wholeAlert(ctx context.Context, s *session, name string) (view.AlertEpisode, error) {
	limited, cancel := a.deadline(ctx)
	defer cancel()
	r, err := s.Alerts.GetAlert(limited, &signalv1.GetAlertRequest{Alert: name})
	if err != nil {
		return view.AlertEpisode{}, err
	}
	alert := view.OfAlert(r.GetAlert())
	if !alert.Redacted {
		library, err := a.libraryOf(ctx, s)
		if err != nil {
			return alert, err
		}
		found := runbookOf(library, r.GetAlert())
		alert.Runbook = &found
	}
	alert.Pages, err = a.pagesOf(ctx, s, alert.ID)
	return alert, err
}

func (a *app) alertBlocks(alert view.AlertEpisode) []output.Block {
	clock := a.clock()
	fields := output.Fields{
		{Name: "began", Value: output.P(clock.Time(alert.StartedTime.Time))},
		{Name: "ended", Value: output.P(clock.Time(alert.EndedTime.Time))},
		{Name: "written down", Value: output.P(clock.Time(alert.RecordedTime.Time))},
		{Name: "acknowledged", Value: output.P(a.alertSaid(alert.Acknowledgment))},
		{Name: "suppressed", Value: output.P(a.alertSuppressed(alert))},
		{Name: "flapping", Value: output.P(a.alertFlaps(alert.Flapping))},
		{Name: "incident", Value: output.P(alert.Incident)},
		{Name: "route", Value: output.P(alert.Route)},
		{Name: "from", Value: output.P(alert.Source + " " + alert.Fingerprint)},
		{Name: "link", Value: output.P(alert.URL)},
		{Name: "runbook", Value: runbookCell(alert.Runbook)},
		{Name: "evidence", Value: output.P(strings.TrimSpace(alert.SignalID + " " + alert.EndSignalID))},
		{Name: "id", Value: output.T(output.Dim, alert.ID)},
	}
	blocks := []output.Block{
		output.Line{output.T(output.Strong, shortAlert(alert.ID)), alertStateCell(alert), alertTitle(alert)}, fields,
	}
	for _, part := range []struct {
		heading string
		pairs   map[string]string
	}{{"Labels", alert.Labels}, {"Annotations", alert.Annotations}} {
		if len(part.pairs) == 0 {
			continue
		}
		rows := output.Rows{Columns: []string{"name", "value"}}
		for _, name := range slices.Sorted(maps.Keys(part.pairs)) {
			rows.Rows = append(rows.Rows, []output.Cell{output.P(name), output.P(part.pairs[name])})
		}
		blocks = append(blocks, output.Heading(part.heading), rows)
	}
	if len(alert.Notes) == 0 {
		return blocks
	}
	rows := output.Rows{Columns: []string{"when", "who", "note"}}
	for _, n := range alert.Notes {
		rows.Rows = append(rows.Rows, []output.Cell{output.T(output.Dim, clock.When(n.Time.Time)), output.P(saidBy(n)), noteText(n)})
	}
	return append(blocks, output.Heading("Notes"), rows)
}

// alertSaid says who acknowledged, when, and with which words; "" for nobody.
func (a *app) alertSaid(n *view.AlertNote) string {
	if n == nil {
		return ""
	}
	said := a.clock().Time(n.Time.Time) + " by " + saidBy(*n)
	if text := noteText(*n).Text; text != "" {
		said += ": " + text
	}
	return said
}

// alertSuppressed says what keeps an alert from calling, or kept it last; "" for nothing.
func (a *app) alertSuppressed(alert view.AlertEpisode) string {
	if len(alert.Suppressions) == 0 {
		return ""
	}
	last, clock := alert.Suppressions[len(alert.Suppressions)-1], a.clock()
	said := "by " + last.Kind + " " + last.Name + " since " + clock.Time(last.SinceTime.Time)
	if last.EndedTime.IsZero() {
		return said + " until " + clock.Time(last.UntilTime.Time)
	}
	return said + ", over since " + clock.Time(last.EndedTime.Time)
}

// alertFlaps says how a condition comes and goes; "" when it does not.
func (a *app) alertFlaps(f *view.AlertFlapping) string {
	if f == nil {
		return ""
	}
	said := fmt.Sprintf("%d times since %s", f.Episodes, a.clock().Time(f.SinceTime.Time))
	if !f.CalmedTime.IsZero() {
		said += ", quiet since " + a.clock().Time(f.CalmedTime.Time)
	}
	return said
}

// saidBy is who said it, in the machine's words too.
func saidBy(n view.AlertNote) string {
	if n.SaidBy == "" {
		return n.By
	}
	return n.SaidBy + " through " + n.By
}

func noteText(n view.AlertNote) output.Cell {
	if n.Redacted {
		return output.T(output.Warn, "[redacted]")
	}
	return output.P(output.OneLine(n.Text))
}

// shortAlert is as much of an id as people need to name an alert or a change.
func shortAlert(id string) string {
	const enough = 8
	return id[:min(len(id), enough)]
}

// alertStateCell is the state, and who takes care of what is not over.
func alertStateCell(alert view.AlertEpisode) output.Cell {
	switch {
	case alert.State == "firing":
		return output.T(output.Bad, alert.State)
	case alert.State == "suppressed" && len(alert.Suppressions) > 0:
		return output.T(output.Dim, "suppressed by "+alert.Suppressions[len(alert.Suppressions)-1].Name)
	case alert.State == "acknowledged" && alert.Acknowledgment != nil:
		return output.T(output.Warn, "acknowledged by "+alert.Acknowledgment.By)
	}
	return output.T(output.Good, alert.State)
}

func alertTitle(alert view.AlertEpisode) output.Cell {
	if alert.Redacted {
		return output.T(output.Warn, "[redacted]")
	}
	return output.P(alert.Title)
}

// fewLabels are the labels that tell alerts of one name apart, shortened.
func fewLabels(labels map[string]string) string {
	const width = 48
	var out []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if name != "alertname" && name != "severity" {
			out = append(out, name+"="+labels[name])
		}
	}
	line := []rune(strings.Join(out, " "))
	if len(line) > width {
		return string(line[:width-1]) + "…"
	}
	return string(line)
}

// completeAlert completes the alerts that are firing.
func (a *app) completeAlert(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	s, err := a.open(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer s.close()
	ctx, cancel := a.deadline(cmd.Context())
	defer cancel()
	list, err := s.Alerts.ListAlerts(ctx, &signalv1.ListAlertsRequest{Open: true, PageSize: mostAtOnce})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var found []cobra.Completion
	for _, alert := range list.GetAlerts() {
		if id := shortAlert(alert.GetId()); strings.HasPrefix(alert.GetId(), typed) {
			found = append(found, cobra.CompletionWithDesc(id, alert.GetTitle()))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

// runbookCell says whether the alert leads to a runbook, and to which.
func runbookCell(r *view.AlertRunbook) output.Cell {
	if r == nil {
		return output.P("")
	}
	said := strings.TrimSpace(r.Outcome + " " + r.Link)
	if r.Name != "" && r.Name != r.Link {
		said += " (" + r.Name + ")"
	}
	if r.Outcome == "linked" {
		return output.P(said)
	}
	return output.T(output.Warn, said)
}

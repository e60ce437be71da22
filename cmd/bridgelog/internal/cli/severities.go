package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
)

// severityView is a severity for scripts. The set of keys is stable.
type severityView struct {
	// Severity is what people write, Name what they call it.
	Severity       string   `json:"severity"`
	Name           string   `json:"name"`
	Aliases        []string `json:"aliases"`
	Description    string   `json:"description"`
	Criteria       []string `json:"criteria"`
	CountsInTriage bool     `json:"counts_in_triage"`
	Public         bool     `json:"public"`
	Postmortem     bool     `json:"postmortem"`
	// Paging says who is called.
	Paging pagingView `json:"paging"`
	// UpdateMinutes is how often the team is told how things stand; 0: no clock.
	UpdateMinutes int `json:"update_minutes"`
	// ClockPolicy is the name of the policy that runs, Clocks what it says.
	ClockPolicy string      `json:"clock_policy"`
	Clocks      []clockView `json:"clocks"`
}

// pagingView says who is called. Urgency is "none", "low" or "high".
type pagingView struct {
	Urgency       string   `json:"urgency"`
	ServiceOwners bool     `json:"service_owners"`
	Teams         []string `json:"teams"`
	TellTeams     []string `json:"tell_teams"`
}

// clockView is one clock. No statuses are all that no other line names.
type clockView struct {
	Clock    string   `json:"clock"`
	Statuses []string `json:"statuses"`
	When     string   `json:"when"`
}

func (a *app) severitiesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "severities", Short: "Show which severity means what, who is paged and which clocks run", Args: noArgs,
		Long: `Show which severity means what, who is paged and which clocks run. This is what the
system has configured, or the built-in playbook where it has configured nothing.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.severities(cmd.Context()) },
	}
}

func (a *app) severities(ctx context.Context) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	b, err := a.playbook(ctx, "severity", "clock_policy", "calendar")
	if err != nil {
		return err
	}
	views := []severityView{}
	blocks := b.note()
	for _, s := range b.Severities() {
		v := severityOf(s, b.Policies().BySeverity[s.Spec.GetSeverity()])
		views = append(views, v)
		blocks = append(blocks, severityBlocks(v)...)
	}
	blocks = append(blocks, output.Line{output.T(output.Dim, "Not sure? Declare without one: the incident begins in triage"+triage(views))})
	return p.Print(output.Document{
		Value:  map[string]any{"severities": views, "source": b.from("severity"), "system": b.system},
		Blocks: blocks,
	})
}

// triage says what an incident in triage counts as.
func triage(views []severityView) string {
	for _, v := range views {
		if v.CountsInTriage {
			return " and counts as " + v.Severity + " until somebody decides."
		}
	}
	return " and pages as SEV-2 does until somebody decides."
}

func severityOf(s playbook.Severity, policy *clock.Policy) severityView {
	paging := s.Spec.GetPaging()
	v := severityView{
		Severity: s.Name, Name: s.Spec.GetDisplayName(), Aliases: listed(s.Spec.GetAliases()),
		Description: s.Spec.GetDescription(), Criteria: listed(s.Spec.GetCriteria()),
		CountsInTriage: s.Spec.GetCountsInTriage(), Public: s.Spec.GetPublic(), Postmortem: s.Spec.GetPostmortem(),
		Paging: pagingView{
			Urgency: "none", ServiceOwners: paging.GetServiceOwners(),
			Teams: listed(paging.GetTeams()), TellTeams: listed(paging.GetTellTeams()),
		},
		ClockPolicy: policy.Name(), Clocks: []clockView{},
	}
	if paging.GetUrgency() != 0 {
		v.Paging.Urgency = view.Word(paging.GetUrgency())
	}
	for _, rule := range policy.Rules() {
		if rule.Clock == clock.InternalUpdate && v.UpdateMinutes == 0 {
			v.UpdateMinutes = int(rule.Within / time.Minute)
		}
		c := clockView{Clock: rule.Clock.String(), Statuses: []string{}, When: rule.Words}
		for _, status := range rule.Statuses {
			c.Statuses = append(c.Statuses, status.String())
		}
		v.Clocks = append(v.Clocks, c)
	}
	return v
}

// listed makes an empty list of none, as scripts expect.
func listed(items []string) []string {
	if items == nil {
		return []string{}
	}
	return items
}

package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/silence"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// newSilence is a silence or a maintenance as somebody asks for it.
type newSilence struct {
	write    silenceWrite
	span     silenceSpan
	match    []string
	services []string
	source   string
	alert    string // as it was named
	reason   string
	name     string
	dryRun   bool
}

func (n *newSilence) bind(flags *pflag.FlagSet) {
	flags.StringVar(&n.reason, "reason", "", "why, for whoever wonders later")
	flags.StringVar(&n.name, "name", "", "its name; one is made when you give none")
	flags.BoolVar(&n.dryRun, "dry-run", false, "only show which alerts that are firing it would concern")
	n.span.bind(flags)
	n.write.bind(flags)
}

func (a *app) silenceAddCommand() *cobra.Command {
	var n newSilence
	var service string
	c := &cobra.Command{
		Use: "add", Short: "Keep alerts from calling for a while", Args: noArgs,
		Long: `Keep alerts from calling for a while. They declare, attach and page nothing, and are
listed all the same. All that you state has to be so of an alert. When the silence ends,
what still fires goes through its route as if it had just fired; an incident that an alert
has already stays as it is.

  bridgelog silence add --match alertname=DiskFull --match "host=~db-.*" --for 2h --reason "disks ordered"

A condition is label=value, label!=value, label=~expression or label!~expression. An
expression has to fit the whole value; a label that is missing has an empty value.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if service != "" {
				n.services = []string{service}
			}
			return a.addSilence(cmd.Context(), silence.KindSilence, &n)
		},
	}
	n.bind(c.Flags())
	c.Flags().StringArrayVarP(&n.match, "match", "m", nil, "a condition on a label: severity=warning, \"host=~db-.*\"; may be repeated")
	c.Flags().StringVar(&service, "service", "", "the service concerned")
	c.Flags().StringVar(&n.source, "source", "", "only alerts from this door, for example alertmanager")
	return refusing(c, notBefore())
}

func (a *app) maintenanceAddCommand() *cobra.Command {
	var n newSilence
	c := &cobra.Command{
		Use: "add", Short: "Plan work on services, whose alerts call nobody meanwhile", Args: noArgs,
		Long: `Plan work on services. Meanwhile their alerts declare, attach and page nothing, and are
listed all the same. Alerts of services that depend on them call as always: name those, too,
where they will suffer.

  bridgelog maintenance add --service db --from 22:00 --for 2h --reason "new disks"`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.addSilence(cmd.Context(), silence.KindMaintenance, &n)
		},
	}
	n.bind(c.Flags())
	c.Flags().StringArrayVarP(&n.services, "service", "s", nil, "a service that is worked on; may be repeated")
	return refusing(c, notBefore())
}

func (a *app) alertsSilenceCommand() *cobra.Command {
	var n newSilence
	c := &cobra.Command{
		Use: "silence ALERT", Short: "Keep an alert from calling for a while, and whenever it fires again", Args: exactly(1),
		Long: `Keep an alert from calling for a while: this one, and whenever the same sender fires the
same key again. An incident that it has already stays as it is. The same as a silence of its
source and key; bridgelog silence list and silence end know it.`,
		ValidArgsFunction: a.completeAlert,
		RunE: func(cmd *cobra.Command, args []string) error {
			n.alert = args[0]
			return a.addSilence(cmd.Context(), silence.KindSilence, &n)
		},
	}
	n.bind(c.Flags())
	return refusing(c, notBefore())
}

// notBefore says why what is to hold cannot be of the past.
func notBefore() map[string]string {
	return map[string]string{"occurred-at": "it begins now, or when --from says"}
}

// silenceAdded is what a new silence answers.
type silenceAdded struct {
	// Silence is nil where nothing was written.
	Silence *view.Silence `json:"silence"`
	// Matching is how many alerts that are firing it concerns; -1: that could not be read.
	Matching  int                 `json:"matching"`
	Alerts    []view.AlertEpisode `json:"alerts"`
	RequestID string              `json:"request_id"`
	Position  string              `json:"position"`
}

// addSilence previews and writes.
func (a *app) addSilence(ctx context.Context, kind string, n *newSilence) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	call, err := n.read(a, kind)
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	done := silenceAdded{RequestID: n.write.id(a)}
	if n.alert != "" {
		if n.alert, err = a.alertNamed(ctx, s, n.alert); err != nil {
			return err
		}
	}
	if err := a.previewSilence(ctx, s, n, &done); err != nil && n.dryRun {
		return err
	}
	if !n.dryRun {
		if err := a.insist(ctx, done.RequestID, func(ctx context.Context) error { return call(ctx, s, &done) }); err != nil {
			return err
		}
	}
	return p.Print(output.Document{Value: done, Blocks: a.silencedBlocks(kind, n, done)})
}

// silenceCall writes a silence.
type silenceCall func(ctx context.Context, s *session, done *silenceAdded) error

// read checks what was asked for before anything is connected.
func (n *newSilence) read(a *app, kind string) (silenceCall, error) {
	begin, end, err := n.span.read(a)
	if err != nil {
		return nil, err
	}
	for _, text := range n.match {
		if _, err := silence.ParseMatcher(text); err != nil {
			return nil, fault.FieldUsagef("match", "--match: %w", err)
		}
	}
	if kind == silence.KindMaintenance {
		if len(n.services) == 0 {
			return nil, fault.FieldUsagef("service", "say which services are worked on: --service db")
		}
		return func(ctx context.Context, s *session, done *silenceAdded) error {
			r, err := s.Silences.CreateMaintenance(ctx, &signalv1.CreateMaintenanceRequest{
				RequestId: done.RequestID, OnBehalfOf: n.write.as, Name: n.name, Services: n.services, BeginTime: begin, EndTime: end, Reason: n.reason,
			})
			made := view.OfSilence(r.GetMaintenance())
			done.Silence, done.Position = &made, r.GetPosition()
			return err
		}, nil
	}
	if len(n.match) == 0 && len(n.services) == 0 && n.alert == "" {
		return nil, fault.FieldUsagef("match", "say which alerts: --match severity=warning, --service checkout, or bridgelog alerts silence ALERT")
	}
	return func(ctx context.Context, s *session, done *silenceAdded) error {
		request := &signalv1.CreateSilenceRequest{
			RequestId: done.RequestID, OnBehalfOf: n.write.as, Name: n.name, Match: n.match, Source: n.source, AlertId: n.alert,
			BeginTime: begin, EndTime: end, Reason: n.reason,
		}
		if len(n.services) > 0 {
			request.Service = n.services[0]
		}
		r, err := s.Silences.CreateSilence(ctx, request)
		made := view.OfSilence(r.GetSilence())
		done.Silence, done.Position = &made, r.GetPosition()
		return err
	}, nil
}

// previewSilence looks which alerts that are firing would be concerned now.
func (a *app) previewSilence(ctx context.Context, s *session, n *newSilence, done *silenceAdded) error {
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	done.Matching, done.Alerts = -1, []view.AlertEpisode{}
	r, err := s.Alerts.PreviewSilence(ctx, &signalv1.PreviewSilenceRequest{Match: n.match, Source: n.source, Services: n.services, Alert: n.alert})
	if err != nil {
		return err
	}
	done.Matching = int(r.GetMatching())
	for _, one := range r.GetAlerts() {
		done.Alerts = append(done.Alerts, view.OfAlert(one))
	}
	return nil
}

func (a *app) silencedBlocks(kind string, n *newSilence, done silenceAdded) []output.Block {
	line := output.Line{output.T(output.Dim, "Nothing is written.")}
	if done.Silence != nil {
		line = output.Line{output.T(output.Strong, kind+" "+done.Silence.Name), output.P(a.spanned(*done.Silence))}
	}
	blocks := []output.Block{line}
	switch {
	case done.Matching < 0:
		return append(blocks, output.Line{output.T(output.Warn, "which alerts are firing cannot be read now")})
	case done.Matching == 0:
		return append(blocks, output.Line{output.P("No alert that is firing is concerned.")})
	case n.alert != "" && !n.dryRun:
		return blocks
	}
	blocks = append(blocks, output.Line{output.P(fmt.Sprintf("It concerns %s:", howMany(done.Matching, "alert that is firing", "alerts that are firing")))})
	return append(blocks, a.alertRows(view.AlertEpisodes{Alerts: done.Alerts})...)
}

func howMany(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// declaration is what a person says about a new incident.
type declaration struct {
	severity, summary, alert string
	category                 string
	services                 []string
	private, drill, detach   bool
	write                    writeFlags
}

// bind adds the flags of a declaration.
func (d *declaration) bind(flags *pflag.FlagSet) {
	flags.StringVar(&d.alert, "from-alert", "", "the alert that caused it, which has no incident yet; it proposes what is not said")
	d.bindAll(flags)
}

// bindAll adds those that do not name an alert.
func (d *declaration) bindAll(flags *pflag.FlagSet) {
	flags.StringVarP(&d.severity, "severity", "s", "", "SEV-1, SEV-2 or SEV-3; without it the incident begins in triage")
	flags.StringVar(&d.summary, "summary", "", "more about it; - reads it from the input")
	flags.StringArrayVar(&d.services, "service", nil, "a service that is concerned; may be repeated")
	flags.StringVar(&d.category, "category", "", "what kind of cause it is, when it is known")
	flags.BoolVar(&d.private, "private", false, "only members may see it")
	flags.BoolVar(&d.drill, "drill", false, "it is practice")
	flags.BoolVar(&d.detach, "detach", false, "do not stay and follow it")
	d.write.bind(flags, false)
}

func (a *app) declareCommand() *cobra.Command {
	var d declaration
	c := &cobra.Command{
		Use:   "declare \"what is wrong\"",
		Short: "Declare an incident",
		Long: `Declare an incident. On a terminal the command stays and shows what happens;
Ctrl-C detaches, and the incident goes on.

When nothing answers, the declaration is kept on disk and sent by the next
command that reaches the system.`,
		Example: `  bridgelog declare "Checkout returns 502" -s SEV-1 --service checkout`,
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if d.alert != "" {
				return a.declareFromAlert(cmd.Context(), d, strings.Join(args, " "))
			}
			request, err := a.declaration(cmd.Context(), d, strings.Join(args, " "))
			if err != nil {
				return err
			}
			return a.declare(cmd.Context(), request, d.detach)
		},
	}
	d.bind(c.Flags())
	a.completeDeclaration(c)
	_ = c.RegisterFlagCompletionFunc("from-alert", a.completeAlert)
	return c
}

// completeDeclaration completes the values of the flags of a declaration.
func (a *app) completeDeclaration(c *cobra.Command) {
	_ = c.RegisterFlagCompletionFunc("severity", cobra.FixedCompletions([]string{"SEV-1", "SEV-2", "SEV-3"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("category", a.completeCategory)
	_ = c.RegisterFlagCompletionFunc("service", a.completeResources("service"))
}

// declaration makes the request out of flags and words.
func (a *app) declaration(ctx context.Context, d declaration, title string) (*incidentv1.DeclareIncidentRequest, error) {
	if title = strings.TrimSpace(title); title == "" {
		return nil, fault.FieldUsagef("title", "what is wrong? bridgelog declare \"Checkout returns 502\"")
	}
	return a.declarationAbout(ctx, d, title)
}

// declarationAbout makes the request when there may be no title.
func (a *app) declarationAbout(ctx context.Context, d declaration, title string) (*incidentv1.DeclareIncidentRequest, error) {
	w, err := a.writing(d.write)
	if err != nil {
		return nil, err
	}
	severity := incident.Unknown
	if d.severity != "" {
		if severity, err = a.severityOf(ctx, d.severity); err != nil {
			return nil, err
		}
	}
	summary, err := a.textOrInput(d.summary)
	if err != nil {
		return nil, err
	}
	return &incidentv1.DeclareIncidentRequest{
		Title: strings.TrimSpace(title), RequestId: w.requestID, Summary: summary, OccurredAt: w.occurredAt, OnBehalfOf: w.as,
		Severity: incidentv1.Severity(severity), Services: d.services, Private: d.private, Drill: d.drill, Category: d.category,
	}, nil
}

func (a *app) declare(ctx context.Context, request *incidentv1.DeclareIncidentRequest, detach bool) error {
	printer, err := a.printer()
	if err != nil {
		return err
	}
	target, dirs, err := a.target()
	if err != nil {
		return err
	}
	conn, err := a.connect(ctx, target, 0)
	if err != nil {
		return a.keep(target, dirs, request, err)
	}
	s := a.begin(ctx, conn, dirs)
	defer s.close()
	// The same declaration may just have been sent from the disk.
	result := s.sent[request.GetRequestId()]
	if result == nil {
		result, err = a.send(ctx, request.GetRequestId(), func(ctx context.Context) (*incidentv1.WriteResult, error) {
			response, err := s.Commands.DeclareIncident(ctx, request)
			return response.GetResult(), err
		})
	}
	if err != nil {
		return a.keep(target, dirs, request, err)
	}
	if err := a.reportTold(ctx, s, printer, result, declared(request)); err != nil {
		return err
	}
	a.refreshContacts(ctx, s)
	if detach || !a.OutTerminal || printer.Format != output.Table {
		return nil
	}
	return a.attach(ctx, s, printer, result)
}

func declared(request *incidentv1.DeclareIncidentRequest) string {
	done := "declared"
	if request.GetDrill() {
		done += " (drill)"
	}
	return done
}

// attach follows a new incident until the person detaches.
func (a *app) attach(ctx context.Context, s *session, p output.Printer, result *incidentv1.WriteResult) error {
	a.say(output.T(output.Dim, "following it; Ctrl-C detaches, and the incident goes on"))
	err := a.follow(ctx, s, following{incident: result.GetIncidentId(), position: result.GetPosition()}, a.stepper(p, false))
	if err == nil || ctx.Err() != nil {
		a.say(output.T(output.Dim, "detached; see it again with `bridgelog watch "+view.Name(result.GetNumber())+"`"))
		return nil
	}
	a.say(output.T(output.Warn, "the incident is declared, but it cannot be followed:"), output.P(fault.From(err).Error()))
	return nil
}

package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/timeparse"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/netguard"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
)

func (a *app) webhookCommand() *cobra.Command {
	c := group("webhook", "Receivers that are told what happens",
		a.webhookAddCommand(), a.webhookListCommand(), a.webhookShowCommand(), a.webhookTestCommand(), a.webhookRotateCommand(),
		a.webhookSwitchCommand(true), a.webhookSwitchCommand(false), a.webhookDeleteCommand(), a.webhookEventsCommand())
	c.Aliases = []string{"webhooks"}
	return c
}

// webhookFlags are what `webhook add` takes.
type webhookFlags struct {
	events, severities, services, secrets []string
	private                               bool
	requestID                             string
}

func (a *app) webhookAddCommand() *cobra.Command {
	var f webhookFlags
	c := &cobra.Command{
		Use: "add NAME URL", Short: "Add a webhook and show its signing secret, once", Args: exactly(2),
		Long: `Add a webhook: a URL that gets every event it asks for, signed as Standard Webhooks
and in the form of CloudEvents 1.0. Without --secret a signing secret is made, kept
sealed on the server, and shown this once.

Addresses inside your network are refused unless the operator allows them. The URL has
to begin with https:// otherwise.`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.webhookAdd(cmd, args[0], args[1], f) },
	}
	flags := c.Flags()
	flags.StringSliceVar(&f.events, "event", nil, "only these event types, for example incident.declared or 'incident.res*'; see `webhook events`")
	flags.StringSliceVar(&f.severities, "severity", nil, "only incidents of these severities")
	flags.StringSliceVar(&f.services, "service", nil, "only incidents of these services")
	flags.StringArrayVar(&f.secrets, "secret", nil, "where the server finds a secret: env:NAME or file:PATH; may be repeated, newest first")
	flags.BoolVar(&f.private, "include-private", false, "private incidents too; needs an admin")
	flags.StringVar(&f.requestID, "request-id", "", "idempotency key: repeating it cannot do the act twice")
	_ = c.RegisterFlagCompletionFunc("service", a.completeResources("service"))
	return c
}

func (f *webhookFlags) spec(url string) (*catalogv1.WebhookSpec, error) {
	spec := &catalogv1.WebhookSpec{Url: url, Secrets: f.secrets, EventTypes: f.events, Services: f.services, IncludePrivate: f.private}
	for _, word := range f.severities {
		severity, err := incident.ParseSeverity(word)
		if err != nil {
			return nil, fault.FieldUsagef("severity", "--severity: %w", err)
		}
		spec.Severities = append(spec.Severities, incidentv1.Severity(severity))
	}
	return spec, nil
}

// addedWebhook is what `webhook add` and `webhook rotate` answer.
type addedWebhook struct {
	Name       string   `json:"name"`
	URL        string   `json:"url"`
	Secrets    []string `json:"secrets"`
	Secret     string   `json:"secret"`
	OverlapEnd string   `json:"overlap_end"`
	System     string   `json:"system"`
}

func (a *app) webhookAdd(cmd *cobra.Command, name, url string, f webhookFlags) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	if _, err := netguard.CheckURL(url); err != nil {
		return fault.FieldUsagef("url", "%q: %w", url, err)
	}
	spec, err := f.spec(url)
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
	if r, err := s.Catalog.GetResource(ctx, &catalogv1.GetResourceRequest{Kind: "webhook", Name: name}); err == nil {
		return fault.Refusedf("webhook/%s is there already and goes to %s: delete it first, or change it with `bridgelog apply`", name, r.GetResource().GetSpec().GetWebhook().GetUrl())
	}
	if err := checkEvents(ctx, s, f.events); err != nil {
		return err
	}
	v := addedWebhook{Name: name, URL: url, System: s.Target.Name}
	if len(spec.GetSecrets()) == 0 {
		// A resource that cannot be must not leave a secret behind.
		spec.Secrets = []string{"stored:tobemade"}
		if err := a.applyWebhook(cmd, s, name, spec, f.requestID, true); err != nil {
			return err
		}
		made, err := s.Notify.CreateWebhookSecret(ctx, &notifyv1.CreateWebhookSecretRequest{Webhook: name, Overlap: durationpb.New(0)})
		if err != nil {
			return err
		}
		spec.Secrets, v.Secret = []string{made.GetReference()}, made.GetSecret()
	}
	v.Secrets = spec.GetSecrets()
	if err := a.applyWebhook(cmd, s, name, spec, f.requestID, false); err != nil {
		return err
	}
	if warning := receiverWarning(url); warning != "" {
		a.say(output.T(output.Warn, warning))
	}
	return p.Print(output.Document{Value: v, Blocks: a.addedBlocks(s, v, "added")})
}

// checkEvents refuses filters that no event fits.
func checkEvents(ctx context.Context, s *session, filters []string) error {
	if len(filters) == 0 {
		return nil
	}
	answer, err := s.Notify.ListEventTypes(ctx, &notifyv1.ListEventTypesRequest{})
	if err != nil {
		return err
	}
	var names []string
	for _, t := range answer.GetEventTypes() {
		names = append(names, t.GetName())
	}
	for _, filter := range filters {
		prefix, open := strings.CutSuffix(filter, "*")
		if slices.ContainsFunc(names, func(name string) bool { return name == filter || open && strings.HasPrefix(name, prefix) }) {
			continue
		}
		if near := catalog.Nearest(filter, names); len(near) > 0 {
			return fault.FieldUsagef("event", "--event %s: there is no such event: did you mean %s?", filter, near[0])
		}
		return fault.FieldUsagef("event", "--event %s: there is no such event: see `bridgelog webhook events`", filter)
	}
	return nil
}

func (a *app) addedBlocks(s *session, v addedWebhook, word string) []output.Block {
	blocks := []output.Block{append(output.Line{output.T(output.Strong, "webhook/"+v.Name), output.T(output.Good, word)}, a.marks(s, nil)...)}
	if v.Secret != "" {
		a.say(output.T(output.Warn, "the secret is shown this once; give it to the receiver:"))
		blocks = append(blocks, output.Line{output.P(v.Secret)})
	}
	if v.OverlapEnd != "" {
		blocks = append(blocks, output.Line{output.T(output.Dim, "the older secret signs too until "+v.OverlapEnd)})
	}
	return blocks
}

// applyWebhook writes a webhook's resource.
func (a *app) applyWebhook(cmd *cobra.Command, s *session, name string, spec *catalogv1.WebhookSpec, requestID string, dryRun bool) error {
	if requestID == "" {
		requestID = a.NewID()
	}
	ctx, cancel := a.deadline(cmd.Context())
	defer cancel()
	_, err := s.Catalog.Apply(ctx, &catalogv1.ApplyRequest{
		Resources: []*catalogv1.Resource{{Kind: "webhook", Name: name, Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Webhook{Webhook: spec}}}},
		RequestId: requestID, ManagedBy: "product", DryRun: dryRun,
	})
	if err != nil && !dryRun {
		return fault.OfWrite(err, requestID)
	}
	return err
}

func (a *app) webhookRotateCommand() *cobra.Command {
	var secret, overlap string
	var finish, yes bool
	c := &cobra.Command{
		Use: "rotate NAME", Short: "Give a webhook a new signing secret; the old one signs too for a while", Args: exactly(1),
		ValidArgsFunction: a.completeResources("webhook"),
		Long: `Give a webhook a new signing secret. Every delivery is signed with the new and the old
one until the overlap is over, so the receiver may change at any time between. A secret
that the server keeps ends by itself; one named by env: or file: is taken out with
--finish.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if finish {
				return a.webhookFinish(cmd, args[0], yes)
			}
			return a.webhookRotate(cmd, args[0], secret, overlap)
		},
	}
	c.Flags().StringVar(&secret, "secret", "", "where the server finds the new secret: env:NAME or file:PATH; empty: it makes one")
	c.Flags().StringVar(&overlap, "overlap", "24h", "how long the older secrets that the server keeps go on signing")
	c.Flags().BoolVar(&finish, "finish", false, "only the newest secret signs from now on")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// maxSecrets is how many secrets a webhook has at most.
const maxSecrets = 4

func (a *app) webhookRotate(cmd *cobra.Command, name, secret, overlap string) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	length, ok := timeparse.Length(overlap)
	if !ok && strings.Trim(overlap, "0hms") != "" {
		return fault.FieldUsagef("overlap", "--overlap %s is no length of time: try 24h or 2d", overlap)
	}
	s, spec, err := a.webhookSpec(cmd, name)
	if err != nil {
		return err
	}
	defer s.close()
	v := addedWebhook{Name: name, URL: spec.GetUrl(), System: s.Target.Name}
	if secret == "" {
		ctx, cancel := a.deadline(cmd.Context())
		defer cancel()
		made, err := s.Notify.CreateWebhookSecret(ctx, &notifyv1.CreateWebhookSecretRequest{Webhook: name, Overlap: durationpb.New(length)})
		if err != nil {
			return err
		}
		secret, v.Secret = made.GetReference(), made.GetSecret()
		if end := made.GetOverlapEndTime(); end != nil {
			v.OverlapEnd = a.clock().Time(end.AsTime())
		}
	}
	spec.Secrets = append([]string{secret}, spec.GetSecrets()...)
	spec.Secrets = spec.Secrets[:min(len(spec.Secrets), maxSecrets)]
	v.Secrets = spec.GetSecrets()
	if err := a.applyWebhook(cmd, s, name, spec, "", false); err != nil {
		return err
	}
	return p.Print(output.Document{Value: v, Blocks: a.addedBlocks(s, v, "has a new secret")})
}

func (a *app) webhookFinish(cmd *cobra.Command, name string, yes bool) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	s, spec, err := a.webhookSpec(cmd, name)
	if err != nil {
		return err
	}
	defer s.close()
	old := spec.GetSecrets()[1:]
	if len(old) == 0 {
		return fault.Refusedf("webhook/%s has one secret only: nothing to finish", name)
	}
	preview := []output.Block{output.Line{output.P("these sign no more: " + strings.Join(old, ", "))}}
	if err := a.confirm(yes, "Take them out?", preview); err != nil {
		return err
	}
	spec.Secrets = spec.GetSecrets()[:1]
	if err := a.applyWebhook(cmd, s, name, spec, "", false); err != nil {
		return err
	}
	v := addedWebhook{Name: name, URL: spec.GetUrl(), Secrets: spec.GetSecrets(), System: s.Target.Name}
	return p.Print(output.Document{Value: v, Blocks: a.addedBlocks(s, v, "signs with its newest secret only")})
}

// webhookSpec connects and reads a webhook's resource, which the caller may change.
func (a *app) webhookSpec(cmd *cobra.Command, name string) (*session, *catalogv1.WebhookSpec, error) {
	s, err := a.open(cmd.Context())
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := a.deadline(cmd.Context())
	defer cancel()
	r, err := s.Catalog.GetResource(ctx, &catalogv1.GetResourceRequest{Kind: "webhook", Name: name})
	if err != nil {
		s.close()
		return nil, nil, err
	}
	return s, r.GetResource().GetSpec().GetWebhook(), nil
}

func (a *app) webhookDeleteCommand() *cobra.Command {
	var yes bool
	var requestID string
	c := &cobra.Command{
		Use: "delete NAME", Aliases: []string{"remove"}, Short: "Delete a webhook; what waits for it is cancelled", Args: exactly(1),
		ValidArgsFunction: a.completeResources("webhook"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.deleteResource(cmd.Context(), "webhook", args[0], requestID, yes, "deleted")
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.Flags().StringVar(&requestID, "request-id", "", "idempotency key: repeating it cannot do the act twice")
	return c
}

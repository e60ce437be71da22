package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/resourcefile"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/timeparse"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

func (a *app) tokenCommand() *cobra.Command {
	return group("token", "Bearer tokens for people and machines", a.tokenCreateCommand(), a.tokenListCommand(), a.tokenRevokeCommand())
}

// accountRoles are the roles of an account, weakest first.
func accountRoles() []string { return []string{"viewer", "responder", "manager", "admin"} }

func parseAccountRole(word string) (authv1.AccountRole, error) {
	for i, role := range accountRoles() {
		if strings.EqualFold(word, role) {
			return authv1.AccountRole(i + 1), nil
		}
	}
	return 0, fault.FieldUsagef("role", "what may it do? --role %s", strings.Join(accountRoles(), ", "))
}

func (a *app) tokenCreateCommand() *cobra.Command {
	var role, person, expires, description string
	c := &cobra.Command{
		Use: "create NAME --role ROLE", Short: "Make a token and show its secret, once", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			spec := &catalogv1.TokenSpec{Person: person, Description: description}
			if spec.Role, err = parseAccountRole(role); err != nil {
				return err
			}
			if expires != "" {
				at, err := timeparse.Ahead(expires, a.Now(), a.Zone)
				if err != nil {
					return fault.FieldUsagef("expires", "--expires: %w", err)
				}
				spec.ExpireTime = timestamppb.New(at)
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			ctx, cancel := a.deadline(cmd.Context())
			defer cancel()
			r, err := s.Catalog.CreateToken(ctx, &catalogv1.CreateTokenRequest{Name: args[0], Spec: spec})
			if err != nil {
				return err
			}
			a.say(output.T(output.Warn, "the token is shown this once and kept nowhere:"))
			return p.Print(output.Document{
				Value: map[string]any{
					"name": r.GetResource().GetName(), "token": r.GetToken(), "resource": resourcefile.Format(r.GetResource()), "system": s.Target.Name,
				},
				Blocks: []output.Block{output.Line{output.P(r.GetToken())}},
			})
		},
	}
	flags := c.Flags()
	flags.StringVar(&role, "role", "", "what it may do: viewer, responder, manager or admin")
	flags.StringVar(&person, "person", "", "the person it acts for; empty for a machine")
	flags.StringVar(&expires, "expires", "", "when it ends: 90d, 2027-01-31; never without it")
	flags.StringVar(&description, "description", "", "what it is for")
	_ = c.RegisterFlagCompletionFunc("role", cobra.FixedCompletions(accountRoles(), cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("person", a.completeResources("person"))
	return c
}

func (a *app) tokenListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List the tokens; secrets are kept nowhere", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			resources, err := a.resources(cmd.Context(), s, "token")
			if err != nil {
				return err
			}
			documents := []resourcefile.Document{}
			rows := output.Rows{Columns: []string{"name", "role", "person", "ends", "made", "what for"}, Drop: []int{5, 4, 3}, Empty: "No tokens."}
			for _, r := range resources {
				d, spec := resourcefile.Format(r), r.GetSpec().GetToken()
				documents = append(documents, d)
				ends := "never"
				if spec.GetExpireTime() != nil {
					ends = a.clock().Time(spec.GetExpireTime().AsTime())
				}
				rows.Rows = append(rows.Rows, []output.Cell{
					output.T(output.Strong, d.Name), output.P(specValue(d.Spec["role"])), output.P(spec.GetPerson()), output.P(ends),
					output.T(output.Dim, a.clock().Age(r.GetUpdatedTime().AsTime())), output.P(spec.GetDescription()),
				})
			}
			return p.Print(output.Document{Value: map[string]any{"tokens": documents}, Blocks: []output.Block{rows}})
		},
	}
}

func (a *app) tokenRevokeCommand() *cobra.Command {
	var yes bool
	var requestID string
	c := &cobra.Command{
		Use: "revoke NAME", Short: "End a token at once", Args: exactly(1), ValidArgsFunction: a.completeResources("token"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.deleteResource(cmd.Context(), "token", args[0], requestID, yes, "revoked")
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.Flags().StringVar(&requestID, "request-id", "", "idempotency key: repeating it cannot do the act twice")
	return c
}

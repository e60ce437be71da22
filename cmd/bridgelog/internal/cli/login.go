package cli

import (
	"cmp"
	"fmt"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// identity is who the caller is, for scripts.
type identity struct {
	Principal string `json:"principal"`
	Person    string `json:"person"`
	Role      string `json:"role"`
	Token     string `json:"token"`
	System    string `json:"system"`
	Server    string `json:"server"`
}

func identityOf(r *catalogv1.WhoAmIResponse, t client.Target) identity {
	return identity{
		Principal: r.GetPrincipal(), Person: r.GetPerson(), Role: view.Word(r.GetRole()), Token: r.GetToken(),
		System: t.Name, Server: t.Server,
	}
}

func (i identity) line() output.Line {
	return output.Line{
		output.T(output.Strong, cmp.Or(i.Person, "a machine")), output.P("as " + i.Role),
		output.T(output.Dim, "(token "+i.Token+")"), output.P("on " + i.System + " at " + i.Server),
	}
}

func (a *app) whoamiCommand() *cobra.Command {
	return &cobra.Command{
		Use: "whoami", Short: "Say who you are to the system", Args: noArgs,
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
			ctx, cancel := a.deadline(cmd.Context())
			defer cancel()
			r, err := s.Catalog.WhoAmI(ctx, &catalogv1.WhoAmIRequest{})
			if err != nil {
				return err
			}
			who := identityOf(r, s.Target)
			return p.Print(output.Document{Value: who, Blocks: []output.Block{who.line()}})
		},
	}
}

func (a *app) loginCommand() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use: "login URL [--name NAME]", Short: "Ask for a token, check it, and keep the system as a context", Args: exactly(1),
		Long: `Ask for a token, check it with the system, and keep both as the current context.
The token is not shown while it is typed; --token or BRIDGELOG_TOKEN gives it
without being asked.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			options := a.options
			options.Server, options.Context, options.DataDir = args[0], "", ""
			dirs, err := a.dirs()
			if err != nil {
				return err
			}
			target, err := client.Resolve(options, dirs, a.Getenv)
			if err != nil {
				return fault.FieldUsagef("url", "%w", err)
			}
			if target.Token == "" {
				if target.Token, err = a.askToken(target); err != nil {
					return err
				}
			}
			s, err := a.connect(cmd.Context(), target, slowWait)
			if err != nil {
				return err
			}
			defer func() { _ = s.Close() }()
			ctx, cancel := a.deadline(cmd.Context())
			defer cancel()
			r, err := s.Catalog.WhoAmI(ctx, &catalogv1.WhoAmIRequest{})
			if err != nil {
				return err
			}
			kept := client.Context{
				Name: cmp.Or(name, hostOf(target.Server)), Server: args[0], Token: target.Token,
				TLS: options.TLS, CAFile: options.CAFile,
			}
			err = a.editContexts(func(contexts *client.Contexts) error {
				contexts.Current = kept.Name
				return contexts.Put(kept)
			})
			if err != nil {
				return err
			}
			a.say(identityOf(r, target).line()...)
			a.say(output.P("kept as context"), output.T(output.Strong, kept.Name), output.P("and in use from now on"))
			return nil
		},
	}
	c.Flags().StringVar(&name, "name", "", "the context's name; without it, the host's")
	return c
}

func hostOf(server string) string {
	host, _, err := net.SplitHostPort(server)
	if err != nil {
		return server
	}
	return strings.ReplaceAll(host, ":", "-")
}

// askToken asks for the token of a system.
func (a *app) askToken(target client.Target) (string, error) {
	read := a.ReadSecret
	if read == nil {
		read = func() (string, error) { return readLine(a.In) }
	} else if _, err := fmt.Fprintf(a.Err, "Token for %s: ", target.Server); err != nil {
		return "", err
	}
	token, err := read()
	if a.ReadSecret != nil {
		_, _ = fmt.Fprintln(a.Err)
	}
	if err != nil {
		return "", fmt.Errorf("read token: %w", err)
	}
	if token = strings.TrimSpace(token); token == "" {
		return "", fault.FieldUsagef("token", "no token was given: ask an admin for one (`bridgelog token create`)")
	}
	return token, nil
}

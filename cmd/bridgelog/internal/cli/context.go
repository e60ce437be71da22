package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
)

// contextView is one context for scripts; tokens are never shown.
type contextView struct {
	Name     string `json:"name"`
	Server   string `json:"server"`
	TLS      bool   `json:"tls"`
	HasToken bool   `json:"has_token"`
	Current  bool   `json:"current"`
}

func (a *app) contextCommand() *cobra.Command {
	return group("context", "Systems that you have given a name",
		a.contextListCommand(), a.contextUseCommand(), a.contextAddCommand(), a.contextDeleteCommand())
}

// editContexts changes contexts.yaml.
func (a *app) editContexts(change func(*client.Contexts) error) error {
	dirs, err := a.dirs()
	if err != nil {
		return err
	}
	contexts, err := client.LoadContexts(dirs)
	if err != nil {
		return err
	}
	if err := change(&contexts); err != nil {
		return fault.Usagef("%w: see `bridgelog context list`", err)
	}
	return contexts.Save(dirs)
}

func (a *app) contextListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List the contexts", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			dirs, err := a.dirs()
			if err != nil {
				return err
			}
			contexts, err := client.LoadContexts(dirs)
			if err != nil {
				return err
			}
			views := []contextView{}
			rows := output.Rows{
				Columns: []string{"", "name", "server", "token"},
				Empty:   "No contexts: commands use the system on this machine. Add one with `bridgelog context add NAME --server HOST:PORT`.",
			}
			for _, c := range contexts.Contexts {
				v := contextView{Name: c.Name, Server: c.Server, TLS: c.TLS, HasToken: c.Token != "", Current: c.Name == contexts.Current}
				views = append(views, v)
				mark, token := "", "no"
				if v.Current {
					mark = "*"
				}
				if v.HasToken {
					token = "yes"
				}
				rows.Rows = append(rows.Rows, []output.Cell{output.P(mark), output.T(output.Strong, v.Name), output.P(v.Server), output.P(token)})
			}
			return p.Print(output.Document{Value: map[string]any{"contexts": views}, Blocks: []output.Block{rows}})
		},
	}
}

func (a *app) contextUseCommand() *cobra.Command {
	return &cobra.Command{
		Use: "use NAME|local", Short: "Use a context from now on; local is the system on this machine", Args: exactly(1),
		ValidArgsFunction: a.completeContexts,
		RunE: func(_ *cobra.Command, args []string) error {
			err := a.editContexts(func(contexts *client.Contexts) error {
				if args[0] == "local" {
					contexts.Current = ""
					return nil
				}
				_, err := contexts.Find(args[0])
				contexts.Current = args[0]
				return err
			})
			if err == nil {
				a.say(output.P("now using"), output.T(output.Strong, args[0]))
			}
			return err
		},
	}
}

func (a *app) contextAddCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "add NAME --server HOST:PORT [--token TOKEN] [--tls] [--ca-file FILE]",
		Short: "Add a context, or change one; `bridgelog login` asks for the token", Args: exactly(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if a.options.Server == "" {
				return fault.FieldUsagef("server", "which system? bridgelog context add %s --server HOST:PORT", args[0])
			}
			added := client.Context{
				Name: args[0], Server: a.options.Server, Token: a.options.Token, TLS: a.options.TLS, CAFile: a.options.CAFile,
			}
			if err := a.checkAddress(added); err != nil {
				return err
			}
			first := false
			err := a.editContexts(func(contexts *client.Contexts) error {
				if first = len(contexts.Contexts) == 0; first {
					contexts.Current = added.Name
				}
				return contexts.Put(added)
			})
			if err != nil {
				return err
			}
			word := fmt.Sprintf("added; `bridgelog context use %s` makes it the current one", added.Name)
			if first {
				word = "added, and in use from now on"
			}
			a.say(output.T(output.Strong, added.Name), output.P(word))
			return nil
		},
	}
}

// checkAddress refuses a server that could never be reached.
func (a *app) checkAddress(c client.Context) error {
	dirs, err := a.dirs()
	if err == nil {
		_, err = client.Resolve(client.Options{Server: c.Server}, dirs, a.Getenv)
	}
	if err != nil {
		return fault.FieldUsagef("server", "--server: %w", err)
	}
	return nil
}

func (a *app) contextDeleteCommand() *cobra.Command {
	return &cobra.Command{
		Use: "delete NAME", Aliases: []string{"remove", "rm"}, Short: "Forget a context", Args: exactly(1),
		ValidArgsFunction: a.completeContexts,
		RunE: func(_ *cobra.Command, args []string) error {
			err := a.editContexts(func(contexts *client.Contexts) error { return contexts.Remove(args[0]) })
			if err == nil {
				a.say(output.T(output.Strong, args[0]), output.P("forgotten"))
			}
			return err
		},
	}
}

package host

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
)

// Commands are the subcommands that run services or look at how they would run.
// What they tell goes to the standard error of each command.
func Commands(p Process) []*cobra.Command {
	commands := []*cobra.Command{upCommand(p), serveCommand(p), configCommand(), doctorCommand()}
	for _, c := range commands {
		run := c.RunE
		c.RunE = func(c *cobra.Command, args []string) error { return usage(run(c, args)) }
	}
	return commands
}

// usage tells a setting that cannot be used from what goes wrong later.
func usage(err error) error {
	if setting, ok := errors.AsType[*SettingError](err); ok {
		return fault.FieldUsagef(setting.Setting, "%w", err)
	}
	return err
}

func upCommand(p Process) *cobra.Command {
	settings := DefaultSettings()
	settings.AllowPrivateReceivers = []string{"127.0.0.0/8", "::1/128"}
	command := &cobra.Command{
		Use:   "up",
		Short: "Run the whole system on this machine",
		Long: "Runs every service with an embedded NATS server and a private Postgres, listens on\n" +
			"loopback, and prints \"ready\" with the addresses. Ctrl-C stops it cleanly; the next `up`\n" +
			"on the same data directory goes on where it was.",
		Args: cobra.NoArgs,
	}
	file := settings.bindWithFile(command)
	_ = command.RegisterFlagCompletionFunc("ports", cobra.FixedCompletions([]string{portsDefault, portsAuto}, cobra.ShellCompDirectiveNoFileComp))
	command.RunE = func(c *cobra.Command, _ []string) error {
		if _, err := fillFlags(c.LocalNonPersistentFlags(), *file); err != nil {
			return err
		}
		p.Stderr = c.ErrOrStderr()
		return Up(c.Context(), settings, p)
	}
	return command
}

func serveCommand(p Process) *cobra.Command {
	settings := DefaultSettings()
	command := &cobra.Command{
		Use:       "serve SERVICE…",
		Short:     "Run chosen services against a NATS and a Postgres of their own",
		Long:      "Runs chosen services: " + strings.Join(Services(), ", ") + ".\nEvery flag has an environment variable BRIDGELOG_…; `bridgelog config` prints what they come to.",
		ValidArgs: Services(),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fault.FieldUsagef("service", "which services? Choose from %s", strings.Join(Services(), ", "))
			}
			return nil
		},
	}
	file := settings.bindWithFile(command)
	command.RunE = func(c *cobra.Command, services []string) error {
		if _, err := fillFlags(c.LocalNonPersistentFlags(), *file); err != nil {
			return err
		}
		p.Stderr = c.ErrOrStderr()
		return Serve(c.Context(), settings, services, p)
	}
	return command
}

// bindWithFile adds the settings and the name of a file with more of them.
func (s *Settings) bindWithFile(command *cobra.Command) *string {
	s.bind(command.Flags())
	return command.Flags().String("config", "", "YAML file of settings; flags and the environment win over it")
}

package host

import (
	"net/url"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
)

// configCommand prints the settings that `serve` and `up` would run with.
func configCommand() *cobra.Command {
	settings := DefaultSettings()
	command := &cobra.Command{
		Use:   "config",
		Short: "Print the effective settings, secrets hidden",
		Long: "Prints every setting with its value and where it comes from: a flag, the environment\n" +
			"(BRIDGELOG_…), a file (--config), or the default. Secrets are hidden.",
		Args: cobra.NoArgs,
	}
	file := settings.bindWithFile(command)
	command.RunE = func(c *cobra.Command, _ []string) error {
		origins, err := fillFlags(c.Flags(), *file)
		if err != nil {
			return err
		}
		if err := settings.Validate(); err != nil {
			return err
		}
		return printSettings(c, origins)
	}
	return command
}

// setting is one setting for scripts.
type setting struct {
	Name        string `json:"name"`
	Value       string `json:"value"`
	From        string `json:"from"`
	Environment string `json:"environment"`
}

// printSettings prints every setting, by name.
func printSettings(c *cobra.Command, origins map[string]string) error {
	p, err := output.For(c)
	if err != nil {
		return err
	}
	settings := []setting{}
	rows := output.Rows{Columns: []string{"setting", "value", "from", "environment"}, Shrink: 2}
	c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || f.Name == "config" {
			return
		}
		s := setting{f.Name, shown(f), origins[f.Name], environmentName(f.Name)}
		settings = append(settings, s)
		rows.Rows = append(rows.Rows, []output.Cell{output.P(s.Name), output.P(s.Value), output.P(s.From), output.P(s.Environment)})
	})
	return p.Print(output.Document{Value: map[string]any{"settings": settings}, Blocks: []output.Block{rows}})
}

// shown is a value as it may be printed.
func shown(flag *pflag.Flag) string {
	value := flag.Value.String()
	if value == "" && !(flag.Changed && isSecret(flag.Name)) {
		return "-"
	}
	if isSecret(flag.Name) {
		return "(hidden)"
	}
	if parsed, err := url.Parse(value); err == nil && parsed.User != nil {
		return parsed.Redacted()
	}
	return value
}

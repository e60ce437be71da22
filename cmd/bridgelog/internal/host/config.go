package host

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
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
		return printSettings(c.OutOrStdout(), c.LocalNonPersistentFlags(), origins)
	}
	return command
}

func printSettings(out io.Writer, flags *pflag.FlagSet, origins map[string]string) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	var names []string
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	slices.Sort(names)
	_, _ = fmt.Fprintln(table, "SETTING\tVALUE\tFROM\tENVIRONMENT")
	for _, name := range names {
		if name == "help" || name == "config" {
			continue
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", name, shown(flags.Lookup(name)), origins[name], environmentName(name))
	}
	return table.Flush()
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

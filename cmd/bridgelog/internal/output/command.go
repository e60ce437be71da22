package output

import (
	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
)

// For is the printer of a command, in the format that its flag --output asks
// for; a table where it has no such flag. HTML is not among the formats.
func For(c *cobra.Command) (Printer, error) {
	p := Printer{Out: c.OutOrStdout(), Format: Table}
	flag := c.Flag("output")
	if flag == nil {
		return p, nil
	}
	var err error
	if p.Format, err = ParseFormat(flag.Value.String(), Table, JSON, YAML, Markdown); err != nil {
		return p, fault.FieldUsagef("output", "%w", err)
	}
	return p, nil
}

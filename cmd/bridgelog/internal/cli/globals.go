package cli

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
)

// defaultTimeout is how long a command waits for an answer.
const defaultTimeout = 10 * time.Second

// app is what all commands share.
type app struct {
	Deps

	options client.Options
	output  string
	timeout time.Duration
	// flags are the global ones; nil where nobody could give any.
	flags *pflag.FlagSet
}

// given tells whether a person set a global flag.
func (a *app) given(name string) bool { return a.flags != nil && a.flags.Changed(name) }

func (a *app) bindGlobals(flags *pflag.FlagSet) {
	a.flags = flags
	flags.StringVar(&a.options.Server, "server", "", "the system's gRPC address, HOST:PORT or https://HOST:PORT (BRIDGELOG_SERVER)")
	flags.StringVar(&a.options.Token, "token", "", "bearer token (BRIDGELOG_TOKEN)")
	flags.StringVar(&a.options.Context, "context", "", "use this context instead of the current one (BRIDGELOG_CONTEXT)")
	flags.StringVar(&a.options.DataDir, "data-dir", "", "use the system that runs on this data directory (BRIDGELOG_DATA_DIR)")
	flags.BoolVar(&a.options.TLS, "tls", false, "encrypt the connection on loopback too")
	flags.StringVar(&a.options.CAFile, "ca-file", "", "trust the certificates of this file instead of the machine's")
	flags.StringVarP(&a.output, "output", "o", "table", "how answers are written: table, json, yaml or md")
	flags.DurationVar(&a.timeout, "timeout", defaultTimeout, "how long to wait for the system and for its answer")
}

// dirs are the account's directories.
func (a *app) dirs() (client.Dirs, error) {
	dirs, err := client.FindDirs(a.Getenv)
	if err != nil {
		return client.Dirs{}, fault.Usagef("%w", err)
	}
	return dirs, nil
}

// printer writes in the format that was asked for, which must be one of allowed;
// without any, all but HTML are.
func (a *app) printer(allowed ...output.Format) (output.Printer, error) {
	if len(allowed) == 0 {
		allowed = []output.Format{output.Table, output.JSON, output.YAML, output.Markdown}
	}
	format, err := output.ParseFormat(a.output, allowed...)
	if err != nil {
		return output.Printer{}, fault.FieldUsagef("output", "%w", err)
	}
	return output.Printer{Out: a.Out, Format: format, Colour: a.colour(a.OutTerminal), Width: a.Width}, nil
}

// colour follows the convention of NO_COLOR.
func (a *app) colour(terminal bool) bool {
	return terminal && a.Getenv("NO_COLOR") == "" && a.Getenv("TERM") != "dumb"
}

// clock shows times to the person at the terminal.
func (a *app) clock() output.Clock { return output.Clock{Now: a.Now(), Zone: a.Zone} }

// say writes one line for eyes beside the answer.
func (a *app) say(cells ...output.Cell) {
	p := output.Printer{Out: a.Err, Colour: a.colour(a.ErrTerminal)}
	_ = p.Print(output.Document{Blocks: []output.Block{output.Line(cells)}})
}

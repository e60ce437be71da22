package bench

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
)

// options are the flags of all benchmarks.
type options struct {
	seconds, clients, events, incidents, entries, rate, runs, histories, resources, readers int

	files []string
}

// Command is `bridgelog bench`. How it answers is said by the flag --output of
// the command that it is added to.
func Command() *cobra.Command {
	o := &options{}
	command := &cobra.Command{
		Use:   "bench",
		Short: "Measure the system beside the raw limit of this machine",
		Long: "Each benchmark runs on a fresh private instance in a temporary directory and measures\n" +
			"the raw limit in the same run. It reports figures and a ratio and asserts nothing.",
	}
	flags := command.PersistentFlags()
	flags.IntVar(&o.seconds, "seconds", 10, "how long to measure")
	flags.IntVar(&o.runs, "runs", 1, "runs, of which the one with the median ratio is reported")
	add := func(name, short string, run func(context.Context) (Report, error)) *cobra.Command {
		c := &cobra.Command{Use: name, Short: short, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
			return o.run(c, run)
		}}
		command.AddCommand(c)
		return c
	}
	add("append", "Notes written through gRPC, against raw appends", func(ctx context.Context) (Report, error) {
		return Append(ctx, o.clients, o.duration())
	}).Flags().IntVar(&o.clients, "clients", 64, "clients, each on an incident of its own")
	reads := add("read", "First pages of filtered lists, against rows by primary key", func(ctx context.Context) (Report, error) {
		return Read(ctx, o.incidents, o.readers, o.duration())
	}).Flags()
	reads.IntVar(&o.incidents, "incidents", 100_000, "incidents in the log")
	reads.IntVar(&o.readers, "clients", 1, "clients that read at once; several keep all cores busy")
	add("project", "From a write's acknowledgment to a read that holds it", func(ctx context.Context) (Report, error) {
		return Project(ctx, o.rate, o.duration())
	}).Flags().IntVar(&o.rate, "rate", 1000, "writes a second")
	add("timetravel", "Pages of an incident at random instants of its past", func(ctx context.Context) (Report, error) {
		return TimeTravel(ctx, o.entries, o.duration())
	}).Flags().IntVar(&o.entries, "entries", 1000, "entries of the incident")
	add("rebuild", "The timeline's view built anew, against COPY", func(ctx context.Context) (Report, error) {
		return Rebuild(ctx, o.events)
	}).Flags().IntVar(&o.events, "events", 1_000_000, "events in the log")
	imports := add("import", "`bridgelog import` of histories, against batches of raw appends", func(ctx context.Context) (Report, error) {
		return Import(ctx, o.files, o.histories)
	}).Flags()
	imports.IntVar(&o.histories, "histories", 5000, "histories to make when no file is given")
	imports.StringArrayVar(&o.files, "file", nil, "file or directory of a status page's history; may be repeated")
	add("apply", "`bridgelog apply` of a large catalog, new and unchanged, against batches of raw appends", func(ctx context.Context) (Report, error) {
		return Apply(ctx, o.resources)
	}).Flags().IntVar(&o.resources, "resources", 10_000, "resources to apply")
	command.AddCommand(o.intakeCommand(), o.deliverCommand(), o.pageCommand())
	return command
}

func (o *options) duration() time.Duration { return time.Duration(o.seconds) * time.Second }

// check refuses what cannot be measured.
func (o *options) check() error {
	for _, n := range []struct {
		flag  string
		value int
	}{
		{"seconds", o.seconds},
		{"runs", o.runs},
		{"clients", o.clients},
		{"incidents", o.incidents},
		{"rate", o.rate},
		{"entries", o.entries},
		{"events", o.events},
		{"histories", o.histories},
		{"resources", o.resources},
	} {
		if n.value < 1 {
			return fault.FieldUsagef(n.flag, "--%s must be at least 1", n.flag)
		}
	}
	return nil
}

func (o *options) run(c *cobra.Command, bench func(context.Context) (Report, error)) error {
	p, err := output.For(c)
	if err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	var reports []Report
	for n := range o.runs {
		if o.runs > 1 {
			_, _ = fmt.Fprintf(c.ErrOrStderr(), "run %d of %d\n", n+1, o.runs)
		}
		report, err := bench(c.Context())
		if err != nil {
			return err
		}
		reports = append(reports, report)
	}
	slices.SortFunc(reports, func(a, b Report) int { return cmp.Compare(a.Ratio, b.Ratio) })
	median := reports[len(reports)/2]
	median.Params["runs"] = o.runs
	return p.Print(median.document())
}

// document is a report for eyes and for scripts.
func (r Report) document() output.Document {
	var params []string
	for _, name := range slices.Sorted(maps.Keys(r.Params)) {
		params = append(params, fmt.Sprintf("%s %v", name, r.Params[name]))
	}
	rows := output.Rows{Columns: []string{r.Bench, "per second", "p50 ms", "p90 ms", "p99 ms"}}
	for _, row := range []struct {
		name    string
		figures Figures
	}{{"ours", r.Ours}, {"limit", r.Limit}} {
		f := row.figures
		cells := []output.Cell{output.T(output.Strong, row.name), output.P(fmt.Sprintf("%.0f", f.PerSecond))}
		for _, ms := range []float64{f.P50, f.P90, f.P99} {
			cells = append(cells, output.P(fmt.Sprintf("%.2f", ms)))
		}
		rows.Rows = append(rows.Rows, cells)
	}
	fields := output.Fields{
		{Name: "ratio", Value: output.T(output.Strong, fmt.Sprintf("%.2f", r.Ratio))},
		{Name: "limit", Value: output.P(r.LimitIs)},
		{Name: "measured with", Value: output.P(strings.Join(params, ", "))},
	}
	for _, name := range slices.Sorted(maps.Keys(r.Notes)) {
		fields = append(fields, output.Field{Name: strings.ReplaceAll(name, "_", " "), Value: output.P(fmt.Sprintf("%.2f", r.Notes[name]))})
	}
	return output.Document{Value: r, Blocks: []output.Block{rows, fields}}
}

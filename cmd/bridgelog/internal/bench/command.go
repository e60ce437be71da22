package bench

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

// options are the flags of all benchmarks.
type options struct {
	seconds, clients, events, incidents, entries, rate, runs int
	output                                                   string
}

// Command is `bridgelog bench`.
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
	flags.StringVarP(&o.output, "output", "o", "table", "table or json")
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
	add("read", "First pages of filtered lists, against rows by primary key", func(ctx context.Context) (Report, error) {
		return Read(ctx, o.incidents, o.duration())
	}).Flags().IntVar(&o.incidents, "incidents", 100_000, "incidents in the log")
	add("project", "From a write's acknowledgment to a read that holds it", func(ctx context.Context) (Report, error) {
		return Project(ctx, o.rate, o.duration())
	}).Flags().IntVar(&o.rate, "rate", 1000, "writes a second")
	add("timetravel", "Pages of an incident at random instants of its past", func(ctx context.Context) (Report, error) {
		return TimeTravel(ctx, o.entries, o.duration())
	}).Flags().IntVar(&o.entries, "entries", 1000, "entries of the incident")
	add("rebuild", "The timeline's view built anew, against COPY", func(ctx context.Context) (Report, error) {
		return Rebuild(ctx, o.events)
	}).Flags().IntVar(&o.events, "events", 1_000_000, "events in the log")
	return command
}

func (o *options) duration() time.Duration { return time.Duration(o.seconds) * time.Second }

func (o *options) check() error {
	switch {
	case o.output != "table" && o.output != "json":
		return fmt.Errorf("--output is %q: give table or json", o.output)
	case o.seconds < 1 || o.runs < 1:
		return fmt.Errorf("--seconds and --runs must be at least 1")
	}
	return nil
}

func (o *options) run(c *cobra.Command, bench func(context.Context) (Report, error)) error {
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
	if o.output == "json" {
		encoder := json.NewEncoder(c.OutOrStdout())
		encoder.SetIndent("", "  ")
		return encoder.Encode(median)
	}
	return median.print(c.OutOrStdout())
}

// print writes a report for eyes.
func (r Report) print(out io.Writer) error {
	var params []string
	for _, name := range slices.Sorted(maps.Keys(r.Params)) {
		params = append(params, fmt.Sprintf("%s %v", name, r.Params[name]))
	}
	_, _ = fmt.Fprintf(out, "%s (%s)\n", r.Bench, strings.Join(params, ", "))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "\tper second\tp50 ms\tp90 ms\tp99 ms\t")
	for _, row := range []struct {
		name    string
		figures Figures
	}{{"ours", r.Ours}, {"limit", r.Limit}} {
		f := row.figures
		_, _ = fmt.Fprintf(table, "%s\t%.0f\t%.2f\t%.2f\t%.2f\t\n", row.name, f.PerSecond, f.P50, f.P90, f.P99)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "ratio %.2f; the limit: %s\n", r.Ratio, r.LimitIs)
	for _, name := range slices.Sorted(maps.Keys(r.Notes)) {
		_, _ = fmt.Fprintf(out, "%s %.2f\n", name, r.Notes[name])
	}
	return nil
}

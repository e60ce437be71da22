package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
)

// Execute runs the command that args name and returns the exit code. An error is
// one line on d.Err and, with -o json, an object on d.Out.
func Execute(ctx context.Context, root *cobra.Command, d Deps, args []string) int {
	root.SetArgs(verbFirst(root, args))
	root.InitDefaultCompletionCmd(args...)
	root.InitDefaultHelpCmd()
	refuseUnknownTopics(root)
	refuseStrayWords(root)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return int(fault.Done)
	}
	f := fault.From(err)
	if f.Silent {
		return int(f.Code)
	}
	if wantsJSON(args) {
		_ = output.Printer{Out: d.Out, Format: output.JSON}.Print(output.Document{Value: f.Document()})
	}
	said := f.Error()
	if len(f.Problems) > 0 {
		said = f.Message + ":"
	}
	_, _ = io.WriteString(d.Err, "bridgelog: "+output.OneLine(said)+"\n")
	for _, problem := range f.Problems {
		_, _ = io.WriteString(d.Err, "  "+output.OneLine(problem)+"\n")
	}
	return int(f.Code)
}

// refuseStrayWords makes bad usage of what the library says about the words of a
// command, and of a group of commands that is called without one of them.
func refuseStrayWords(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		refuseStrayWords(c)
	}
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			if _, ours := errors.AsType[*fault.Fault](err); err == nil || ours {
				return err
			}
			return fault.Usagef("%s; %s", strings.ReplaceAll(err.Error(), "unknown command", "unexpected"), usageOf(cmd))
		}
	}
	if !cmd.Runnable() && cmd.HasSubCommands() {
		cmd.Args, cmd.RunE = cobra.ArbitraryArgs, runGroup
	}
}

// refuseUnknownTopics lets `help` know the commands and topics that there are,
// and no others.
func refuseUnknownTopics(root *cobra.Command) {
	help, _, err := root.Find([]string{"help"})
	if err != nil || help == root {
		return
	}
	help.Run = nil
	help.RunE = func(_ *cobra.Command, args []string) error {
		about, rest, err := root.Find(args)
		if err != nil || len(rest) > 0 {
			if about == nil {
				about = root
			}
			return unknownCommand(about, append(rest, "")[0])
		}
		about.InitDefaultHelpFlag()
		return about.Help()
	}
}

// verbFirst lets the incident stand before the verb of any group of commands, as
// in `impact INC-1 set`, which people say as often as `impact set INC-1`.
func verbFirst(root *cobra.Command, args []string) []string {
	in, _, err := root.Find(args)
	if err != nil || in == root || !in.HasSubCommands() {
		return args
	}
	verbs := names(in)
	for i := range len(args) - 1 {
		switch {
		case args[i] == "--":
			return args
		case incidentName(args[i]) && slices.Contains(verbs, args[i+1]):
			args = slices.Clone(args)
			args[i], args[i+1] = args[i+1], args[i]
			return args
		}
	}
	return args
}

// wantsJSON looks for -o json among arguments that may not have been parsed.
func wantsJSON(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	for i, arg := range args {
		switch arg {
		case "-o=json", "-ojson", "--output=json":
			return true
		case "-o", "--output":
			return i+1 < len(args) && args[i+1] == "json"
		}
	}
	return false
}

// unknownCommand names what the person may have meant.
func unknownCommand(cmd *cobra.Command, typed string) error {
	near := nearest(typed, names(cmd))
	if len(near) == 0 {
		return fault.Usagef("unknown command %q: see `%s --help`", typed, cmd.CommandPath())
	}
	return fault.Usagef("unknown command %q: did you mean `%s %s`?", typed, cmd.CommandPath(), near[0])
}

// flagError explains a flag that cannot be parsed and names one that is near.
func flagError(cmd *cobra.Command, err error) error {
	message := err.Error()
	rest, isUnknown := strings.CutPrefix(message, "unknown flag: --")
	if !isUnknown {
		return fault.Usagef("%s: see `%s --help`", message, cmd.CommandPath())
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	if near := nearest(rest, known); len(near) > 0 {
		return fault.FieldUsagef(rest, "unknown flag --%s: did you mean --%s?", rest, near[0])
	}
	return fault.FieldUsagef(rest, "unknown flag --%s: see `%s --help`", rest, cmd.CommandPath())
}

// nearest returns the words within a third of the typed word's length of it, the
// nearest first. Who misses by more than a letter still begins with the right one.
func nearest(typed string, words []string) []string {
	type candidate struct {
		word     string
		distance int
	}
	var found []candidate
	for _, w := range words {
		d := distance(typed, w)
		if strings.HasPrefix(w, typed) {
			d = 1
		}
		if d <= max(2, len(typed)/3) && d < len(typed) && (d == 1 || w[0] == typed[0]) {
			found = append(found, candidate{w, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.distance - b.distance })
	out := make([]string, len(found))
	for i, c := range found {
		out[i] = c.word
	}
	return out
}

// distance is the least number of letters to insert, delete or replace.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

// usageOf says how a command is called.
func usageOf(cmd *cobra.Command) string { return fmt.Sprintf("usage: %s", cmd.UseLine()) }

package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
)

// Groups of commands in the help text. The caller's own commands may use
// GroupSystem.
const (
	groupWork   = "work"
	groupRead   = "read"
	groupRecord = "record"
	// GroupSystem holds commands about systems and their configuration.
	GroupSystem = "system"
)

// New builds the root command with every client command, in the order in which
// they are needed. The help text keeps that order where the program has turned
// off cobra.EnableCommandSorting, which is the process's and not ours.
func New(d Deps) *cobra.Command {
	a := &app{Deps: d}
	root := &cobra.Command{
		Use:   "bridgelog",
		Short: "The incident log: declare, work, tell, look back",
		Long: `Bridgelog is the incident log. ` + "`bridgelog up`" + ` runs the whole system on this
machine; every other command is a client of a system.

  bridgelog declare "Checkout returns 502" -s SEV-1
  bridgelog ack INC-1
  bridgelog update INC-1 "Checking database connections now"
  bridgelog timeline INC-1 --known-at "10m ago"

An incident is named INC-41, 41 or by its full id; after ` + "`bridgelog use 41`" + ` it may
be left out. Times are RFC 3339, 14:05, -10m or "10m ago".`,
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
		Args:                       cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	root.SetIn(d.In)
	root.SetOut(d.Out)
	root.SetErr(d.Err)
	a.bindGlobals(root.PersistentFlags())
	root.SetGlobalNormalizationFunc(aliases)
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddGroup(
		&cobra.Group{ID: groupWork, Title: "Work on an incident:"},
		&cobra.Group{ID: groupRead, Title: "See and look back:"},
		&cobra.Group{ID: groupRecord, Title: "The record itself:"},
		&cobra.Group{ID: GroupSystem, Title: "Systems and configuration:"},
	)
	root.SetHelpCommandGroupID(GroupSystem)
	root.SetCompletionCommandGroupID(GroupSystem)
	add(root, groupWork, a.workCommands()...)
	add(root, groupRead, a.readCommands()...)
	add(root, groupRecord, a.recordCommands()...)
	add(root, GroupSystem, a.systemCommands()...)
	root.AddCommand(topics()...)
	a.completeFlags(root)
	_ = root.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(output.Formats(), cobra.ShellCompDirectiveNoFileComp))
	_ = root.RegisterFlagCompletionFunc("context", a.completeContexts)
	return root
}

func add(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, c := range commands {
		c.GroupID = group
		root.AddCommand(c)
	}
}

func (a *app) workCommands() []*cobra.Command {
	return slices.Concat(
		[]*cobra.Command{a.declareCommand()}, a.lifeCommands(), a.severityCommands(), a.roleCommands(),
		a.sayCommands(), []*cobra.Command{a.impactCommand(), a.publishCommand()}, a.entryCommands(), a.aftermathCommands(),
		a.investigationCommands(),
		[]*cobra.Command{a.regulateCommand(), a.runCommand()},
	)
}

// investigationCommands search for the cause.
func (a *app) investigationCommands() []*cobra.Command {
	return []*cobra.Command{a.hypothesisCommand(), a.assessCommand(), a.decideCommand(), a.blastCommand(), a.categoryCommand(), a.relateCommand(), a.unrelateCommand()}
}

func (a *app) readCommands() []*cobra.Command {
	return []*cobra.Command{
		a.listCommand(), a.showCommand(), a.timelineCommand(), a.searchCommand(), a.watchCommand(), a.replayCommand(), a.postmortemCommand(),
		a.alertsCommand(), a.pagesCommand(), a.silenceCommand(), a.maintenanceCommand(), a.changeCommand(), a.suspectsCommand(),
		a.checksCommand(), a.clocksCommand(), a.intakeCommand(), a.heartbeatCommand(), a.runbooksCommand(),
	}
}

func (a *app) recordCommands() []*cobra.Command {
	return []*cobra.Command{a.exportCommand(), a.verifyCommand(), a.importCommand(), a.rebuildCommand()}
}

func (a *app) systemCommands() []*cobra.Command {
	return []*cobra.Command{
		a.applyCommand(), a.getCommand(), a.historyCommand(), a.deleteCommand(), a.webhookCommand(), a.deliveriesCommand(), a.notifyCommand(), a.playbookCommand(), a.routeCommand(), a.tokenCommand(), a.contextCommand(), a.loginCommand(),
		a.useCommand(), a.whoamiCommand(), a.versionCommand(),
	}
}

// aliases gives flags their second names.
func aliases(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	switch name {
	case "as-known-at":
		name = "known-at"
	case "as-happened-at":
		name = "happened-at"
	}
	return pflag.NormalizedName(name)
}

// group makes a command that only holds others.
func group(use, short string, children ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Args: cobra.ArbitraryArgs, RunE: runGroup,
	}
	c.AddCommand(children...)
	return c
}

// runGroup says which commands a group has.
func runGroup(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	return fault.Usagef("say what to do: %s %s", cmd.CommandPath(), strings.Join(names(cmd), "|"))
}

func names(cmd *cobra.Command) []string {
	var out []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			out = append(out, c.Name())
		}
	}
	return out
}

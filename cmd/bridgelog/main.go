package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/bench"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/cli"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/host"
)

func main() { os.Exit(run(os.Args[1:])) }

// run is main without the end of the process. The first Ctrl-C ends what runs
// cleanly; a second one ends the process at once.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	cobra.EnableCommandSorting = false // help lists what is needed first, first
	deps := cli.System(version())
	root := cli.New(deps)
	process := host.Process{Version: deps.Version, Ready: func(ctx context.Context, dataDir string) error {
		return cli.SendKept(ctx, deps, dataDir)
	}}
	for _, command := range append(host.Commands(process), bench.Command()) {
		command.GroupID = cli.GroupSystem
		root.AddCommand(command)
	}
	return cli.Execute(ctx, root, deps, args)
}

// version is the module's version, or the commit that was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && len(setting.Value) >= 12 {
			return "dev-" + setting.Value[:12]
		}
	}
	return "dev"
}

package cli

import (
	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
)

// noArgs refuses words behind a command.
func noArgs(cmd *cobra.Command, args []string) error { return atMost(0)(cmd, args) }

// atMost refuses more words than n.
func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return fault.Usagef("unexpected %q; %s", args[n], usageOf(cmd))
		}
		return nil
	}
}

// exactly demands n words.
func exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return fault.Usagef("something is missing; %s", usageOf(cmd))
		}
		return atMost(n)(cmd, args)
	}
}

// atLeast demands n words or more.
func atLeast(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return fault.Usagef("something is missing; %s", usageOf(cmd))
		}
		return nil
	}
}

// someArgs demands one word or more.
func someArgs(cmd *cobra.Command, args []string) error { return atLeast(1)(cmd, args) }

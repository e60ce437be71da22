package cli

import (
	"github.com/spf13/cobra"
)

// completeFlags completes the values of flags that mean the same wherever they
// stand, in a command and all below it. A command's own completion wins.
func (a *app) completeFlags(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		a.completeFlags(c)
	}
	for name, complete := range a.flagValues(cmd) {
		if cmd.LocalFlags().Lookup(name) == nil {
			continue
		}
		if _, own := cmd.GetFlagCompletionFunc(name); !own {
			_ = cmd.RegisterFlagCompletionFunc(name, complete)
		}
	}
}

// flagValues are the completions by flag.
func (a *app) flagValues(cmd *cobra.Command) map[string]completion {
	words := func(words ...cobra.Completion) completion {
		return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	}
	values := map[string]completion{
		"as": a.completeResources("person"), "person": a.completeResources("person"),
		"service": a.completeResources("service"), "component": a.completeResources("component"),
		"page": a.completeResources("status_page"), "into": a.completeOtherIncident,
		"severity": words("SEV-1", "SEV-2", "SEV-3"), "code": words("secret", "personal_data", "legal", "other"),
		"role": words("viewer", "responder", "manager", "admin"),
	}
	if cmd.Name() == "publish" {
		values["status"] = words("investigating", "identified", "monitoring", "resolved")
	}
	return values
}

// completeOtherIncident completes an incident behind a flag.
func (a *app) completeOtherIncident(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return a.incidents(cmd.Context(), typed), cobra.ShellCompDirectiveNoFileComp
}

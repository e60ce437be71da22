package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

type completion = func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective)

// completionWait bounds what pressing Tab may take, unless there is more patience.
const completionWait = 400 * time.Millisecond

// quick connects for a completion; nil when nothing answers in time.
func (a *app) quick(ctx context.Context) (*client.Conn, context.Context, context.CancelFunc) {
	if ctx == nil {
		return nil, nil, func() {}
	}
	ctx, cancel := context.WithTimeout(ctx, max(a.Patience, completionWait))
	target, _, err := a.target()
	if err != nil {
		return nil, ctx, cancel
	}
	conn, err := a.Connect(ctx, target)
	if err != nil {
		return nil, ctx, cancel
	}
	return conn, ctx, cancel
}

// completeAct completes the incident, the words behind it, and a person behind
// one of the words where the act names people.
func (a *app) completeAct(words []string, people bool) completion {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		switch {
		case people && len(args) > 0 && slices.Contains(words, args[len(args)-1]):
			found, directive := a.completeResources("person")(cmd, args, typed)
			return append(found, "me"), directive
		case len(args) > 0:
			return words, cobra.ShellCompDirectiveNoFileComp
		}
		found := append([]cobra.Completion(nil), words...)
		return append(found, a.incidents(cmd.Context(), typed)...), cobra.ShellCompDirectiveNoFileComp
	}
}

// incidents lists the newest incidents whose name begins as typed.
func (a *app) incidents(ctx context.Context, typed string) []cobra.Completion {
	conn, ctx, cancel := a.quick(ctx)
	defer cancel()
	if conn == nil {
		return nil
	}
	defer func() { _ = conn.Close() }()
	page, err := conn.Timeline.ListIncidents(ctx, &timelinev1.ListIncidentsRequest{PageSize: 50, IncludeDrills: true})
	if err != nil {
		return nil
	}
	var found []cobra.Completion
	for _, in := range page.GetIncidents() {
		name := view.Name(in.GetNumber())
		if strings.HasPrefix(name, canonical(typed)) || strings.HasPrefix(name, "INC-"+typed) || strings.HasPrefix(name, strings.ToUpper(typed)) {
			found = append(found, cobra.CompletionWithDesc(name, view.Status(in.GetStatus())+": "+output.OneLine(in.GetTitle())))
		}
	}
	return found
}

// completeResources completes the names of resources of one kind.
func (a *app) completeResources(kind string) completion {
	return func(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		conn, ctx, cancel := a.quick(cmd.Context())
		defer cancel()
		if conn == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer func() { _ = conn.Close() }()
		page, err := conn.Catalog.ListResources(ctx, &catalogv1.ListResourcesRequest{Kind: kind, PageSize: 1000})
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var found []cobra.Completion
		for _, r := range page.GetResources() {
			if strings.HasPrefix(r.GetName(), typed) {
				found = append(found, r.GetName())
			}
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeContexts completes the names of contexts.
func (a *app) completeContexts(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	dirs, err := a.dirs()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	contexts, err := client.LoadContexts(dirs)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var found []cobra.Completion
	for _, c := range contexts.Contexts {
		if strings.HasPrefix(c.Name, typed) {
			found = append(found, cobra.CompletionWithDesc(c.Name, c.Server))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

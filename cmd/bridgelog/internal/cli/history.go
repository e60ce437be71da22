package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/resourcefile"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// versionView is one change of a resource for scripts.
type versionView struct {
	Change       string   `json:"change"`
	RecordedTime string   `json:"recorded_time"`
	Actor        string   `json:"actor"`
	ActorName    string   `json:"actor_name"`
	Differences  []string `json:"differences"`
	// Erased is true when what it said is gone for good.
	Erased bool `json:"erased"`
	// Resource is as it was afterwards, or before it was deleted.
	Resource resourcefile.Document `json:"resource"`
}

func (a *app) historyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "history KIND NAME", Short: "Who changed a resource, when, and what", Args: exactly(2), ValidArgsFunction: a.completeKind,
		Long: `Show who changed a resource, when, and what, oldest first; also of one that was
deleted. How it was at a time shows ` + "`bridgelog get KIND NAME --known-at T`" + `.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, err := kindOf(args[0])
			if err != nil {
				return err
			}
			return a.history(cmd.Context(), kind, args[1])
		},
	}
}

func (a *app) history(ctx context.Context, kind, name string) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	r, err := s.Catalog.ListResourceVersions(ctx, &catalogv1.ListResourceVersionsRequest{Kind: kind, Name: name})
	if err != nil {
		return err
	}
	views := []versionView{}
	blocks := []output.Block{output.Line{output.T(output.Strong, kind+"/"+name)}}
	for _, v := range r.GetVersions() {
		one := versionView{
			Change: view.Word(v.GetChange()), RecordedTime: v.GetRecordedTime().AsTime().Format(time.RFC3339Nano),
			Actor: v.GetActor(), ActorName: v.GetActorName(), Differences: listed(v.GetDifferences()),
			Erased: v.GetErased(), Resource: resourcefile.Format(v.GetResource()),
		}
		views = append(views, one)
		line := output.Line{
			output.T(output.Dim, a.clock().Time(v.GetRecordedTime().AsTime())),
			output.T(changeTone(one.Change), one.Change+"d"), output.P("by " + one.ActorName),
		}
		if one.Erased {
			line = append(line, output.T(output.Warn, "what it said is erased"))
		}
		blocks = append(append(blocks, line), differenceBlocks(one.Differences)...)
	}
	return p.Print(output.Document{Value: map[string]any{"kind": kind, "name": name, "versions": views}, Blocks: blocks})
}

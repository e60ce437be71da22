package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// rebuilt is what a rebuild answers.
type rebuilt struct {
	Phase       string   `json:"phase"`
	Version     int32    `json:"version"`
	Done        uint64   `json:"done"`
	Total       uint64   `json:"total"`
	Differences []string `json:"differences"`
	Swung       bool     `json:"swung"`
	Seconds     float64  `json:"seconds"`
}

func (a *app) rebuildCommand() *cobra.Command {
	return group("rebuild", "Compute a view anew from the log", a.alertsRebuildCommand(), a.changesRebuildCommand(), a.pagesRebuildCommand(), a.rebuildNotifierCommand(), a.statuspageRebuildCommand(), &cobra.Command{
		Use: "timeline", Short: "Build the timeline's view anew beside the live one, compare, and swing over", Args: noArgs,
		Long: `Build the timeline's view anew from the log beside the live one, compare the two,
and swing over. Reads go on all the while. A difference stops the swing.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.rebuild(cmd.Context()) },
	})
}

func (a *app) rebuild(ctx context.Context) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	start := a.Now()
	stream, err := s.Timeline.Rebuild(ctx, &timelinev1.RebuildRequest{})
	if err != nil {
		return err
	}
	progress := output.NewProgress(a.Err, a.ErrTerminal, a.Now, "rebuild", "events", 0)
	defer progress.Close()
	v := rebuilt{Differences: []string{}}
	var phase timelinev1.RebuildPhase
	for {
		r, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		phase = r.GetPhase()
		progress.Phase("rebuild: "+strings.ReplaceAll(view.Word(phase), "_", " "), "items")
		progress.Set(r.GetDone(), r.GetTotal())
		v.Phase, v.Version, v.Done, v.Total = view.Word(phase), r.GetVersion(), r.GetDone(), r.GetTotal()
		v.Differences = append(v.Differences, r.GetDifferences()...)
		v.Swung = v.Swung || phase >= timelinev1.RebuildPhase_REBUILD_PHASE_SWUNG
	}
	progress.Close()
	v.Seconds = a.Now().Sub(start).Seconds()
	return a.printRebuilt(p, v, phase == timelinev1.RebuildPhase_REBUILD_PHASE_DONE)
}

func (a *app) printRebuilt(p output.Printer, v rebuilt, done bool) error {
	var blocks []output.Block
	for _, d := range v.Differences {
		blocks = append(blocks, output.Line{output.T(output.Bad, "differs:"), output.P(d)})
	}
	if done {
		blocks = append(blocks, output.Line{
			output.T(output.Good, "rebuilt and swung over"),
			output.T(output.Dim, fmt.Sprintf("in %.1f s, schema version %d", v.Seconds, v.Version)),
		})
	}
	if err := p.Print(output.Document{Value: v, Blocks: blocks}); err != nil {
		return err
	}
	switch {
	case len(v.Differences) > 0:
		return fault.Unverifiedf("the new view differs from the live one; the live one stays: %s", v.Differences[0])
	case !done:
		return fault.Refusedf("the rebuild ended in phase %s; the live view stays", v.Phase)
	}
	return nil
}

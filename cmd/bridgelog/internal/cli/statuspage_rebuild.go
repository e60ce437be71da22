package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// statuspageRebuilt is what a rebuild of the public documents answers.
type statuspageRebuilt struct {
	Read    uint64  `json:"read"`
	Changed uint64  `json:"changed"`
	Removed uint64  `json:"removed"`
	Done    bool    `json:"done"`
	Seconds float64 `json:"seconds"`
}

func (a *app) statuspageRebuildCommand() *cobra.Command {
	return &cobra.Command{
		Use: "statuspage", Short: "Compute the public documents anew and take away what the log does not know", Args: noArgs,
		Long: `Compute the public documents of the status page anew from the log, and take away those
that the log does not know. Pages are served all the while.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.rebuildStatuspage(cmd.Context()) },
	}
}

func (a *app) rebuildStatuspage(ctx context.Context) error {
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
	stream, err := s.StatusPage.RebuildDocuments(ctx, &statusv1.RebuildDocumentsRequest{})
	if err != nil {
		return err
	}
	progress := output.NewProgress(a.Err, a.ErrTerminal, a.Now, "rebuild", "messages", 0)
	defer progress.Close()
	var v statuspageRebuilt
	for {
		r, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		progress.Set(r.GetRead(), r.GetTotal())
		v = statuspageRebuilt{Read: r.GetRead(), Changed: r.GetChanged(), Removed: r.GetRemoved(), Done: r.GetDone()}
	}
	progress.Close()
	v.Seconds = a.Now().Sub(start).Seconds()
	if !v.Done {
		return fault.Refusedf("the rebuild was broken off; run it again")
	}
	line := output.Line{output.T(output.Good, "rebuilt"), output.T(output.Dim, fmt.Sprintf(
		"%d documents differed, %d were not of this log, in %.1f s", v.Changed, v.Removed, v.Seconds))}
	return p.Print(output.Document{Value: v, Blocks: []output.Block{line}})
}

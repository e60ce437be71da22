package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// late is how much later than it happened an entry may be written down without
// a word about it.
const late = time.Minute

// entryBlocks shows one entry: a line, and below it what was written. named
// names the incident.
func (a *app) entryBlocks(e *timelinev1.Entry, named bool) []output.Block {
	v, clock := view.OfEntry(e), a.clock()
	line := output.Line{output.T(output.Dim, "#"+strconv.FormatUint(v.Revision, 10)), output.P(clock.Short(v.OccurredTime.Time))}
	if named {
		line = append(line, output.T(output.Strong, v.Incident))
	}
	line = append(line, output.T(output.Strong, who(v)), output.P(v.Headline))
	if v.Label != "" && !strings.EqualFold(v.Label, v.Headline) {
		line = append(line, output.T(output.Dim, "["+v.Label+"]"))
	}
	for _, mark := range []struct {
		on   bool
		word string
	}{{v.Pinned, "[pinned]"}, {v.Edited, "[edited]"}, {v.Hidden, "[hidden]"}, {v.Redacted, "[redacted]"}} {
		if mark.on {
			line = append(line, output.T(output.Warn, mark.word))
		}
	}
	if delay := v.RecordedTime.Sub(v.OccurredTime.Time); !v.RecordedTime.IsZero() && delay > late {
		line = append(line, output.T(output.Dim, "(written down "+output.Length(delay)+" later)"))
	}
	blocks := []output.Block{line}
	if v.Text != "" {
		blocks = append(blocks, output.Text(v.Text))
	}
	return blocks
}

// who is the person or machine that an entry is from.
func who(v view.Entry) string {
	switch {
	case v.Author != "":
		return v.Author
	case v.ActorName != "":
		return v.ActorName
	}
	return v.Actor
}

// printStep shows one step of a watch.
func (a *app) printStep(r *timelinev1.WatchResponse) error {
	p, err := a.printer(output.Table, output.JSON)
	if err != nil {
		return err
	}
	return p.PrintLine(output.Document{
		Value: view.Step{
			Entry: view.OfEntry(r.GetEntry()), Incident: view.OfIncident(r.GetIncident()), Position: r.GetPosition(),
		},
		Blocks: a.entryBlocks(r.GetEntry(), false),
	})
}

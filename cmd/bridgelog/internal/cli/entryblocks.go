package cli

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// late is how much later than it happened an entry may be written down without
// a word about it.
const late = time.Minute

// importLength is how long after its first entry the last of an imported history
// may be written down.
const importLength = time.Minute

// look is how entries are shown.
type look struct {
	// named names the incident of each.
	named bool
	// imported is when the incident was imported. Of the entries written down then
	// it says nothing that they were written down late: all of them were.
	imported time.Time
}

// entryBlocks shows one entry: a line, and below it what was written.
func (a *app) entryBlocks(e *timelinev1.Entry, l look) []output.Block {
	v, clock := view.OfEntry(e), a.clock()
	line := output.Line{output.T(output.Dim, "#"+strconv.FormatUint(v.Revision, 10)), output.P(clock.Short(v.OccurredTime.Time))}
	if l.named {
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
	delay := v.RecordedTime.Sub(v.OccurredTime.Time)
	if !v.RecordedTime.IsZero() && delay > late && v.RecordedTime.Sub(l.imported) > importLength {
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

// importedAt is when an imported incident was written down; the zero time for any
// other. entries are those that were read.
func (a *app) importedAt(
	ctx context.Context, s *session, in *timelinev1.Incident, entries []*timelinev1.Entry,
) (time.Time, error) {
	if in.GetOrigin() != incidentv1.Origin_ORIGIN_IMPORT {
		return time.Time{}, nil
	}
	if len(entries) > 0 && entries[0].GetRevision() == 1 {
		return entries[0].GetRecordedTime().AsTime(), nil
	}
	var at time.Time
	request := &timelinev1.ListEntriesRequest{Incident: in.GetId(), IncludeHidden: true, PageSize: 1}
	_, err := a.eachEntry(ctx, s, request, func(e *timelinev1.Entry) bool {
		at = e.GetRecordedTime().AsTime()
		return false
	})
	return at, err
}

// stepper shows the steps of a watch one after another.
func (a *app) stepper(p output.Printer, named bool) func(*timelinev1.WatchResponse) error {
	return func(r *timelinev1.WatchResponse) error {
		l, e := look{named: named}, r.GetEntry()
		const past = 24 * time.Hour // what an import brings lies further behind
		recorded := e.GetRecordedTime().AsTime()
		if r.GetIncident().GetOrigin() == incidentv1.Origin_ORIGIN_IMPORT && recorded.Sub(e.GetOccurredTime().AsTime()) > past {
			l.imported = recorded
		}
		return p.PrintLine(output.Document{
			Value:  view.Step{Entry: view.OfEntry(e), Incident: view.OfIncident(r.GetIncident()), Position: r.GetPosition()},
			Blocks: a.entryBlocks(e, l),
		})
	}
}

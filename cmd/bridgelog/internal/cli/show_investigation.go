package cli

import (
	"strconv"
	"strings"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
)

// reviewWords say why there is a review and by when.
func (a *app) reviewWords(r view.Review) string {
	var earlier []string
	for _, e := range r.Earlier {
		earlier = append(earlier, e.Name)
	}
	words := r.FollowUp + " due " + a.clock().Time(r.DueTime.Time) + ": " + r.Category + " came again"
	if len(earlier) > 0 {
		words += " after " + strings.Join(earlier, ", ")
	}
	return words
}

// investigationFields say in one line each where an incident is going and when
// customers suffered.
func (a *app) investigationFields(in view.Incident) output.Fields {
	var fields output.Fields
	clock := a.clock()
	if in.Category != "" {
		fields = append(fields, output.Field{Name: "category", Value: output.P(in.Category)})
	}
	if len(in.Related) > 0 {
		var related []string
		for _, r := range in.Related {
			related = append(related, r.Name+" ("+strings.ReplaceAll(r.Relation, "_", " ")+")")
		}
		fields = append(fields, output.Field{Name: "related", Value: output.P(strings.Join(related, ", "))})
	}
	for _, r := range in.Reviews {
		fields = append(fields, output.Field{Name: "review", Value: output.P(a.reviewWords(r))})
	}
	if n := len(in.Assessments); n > 0 {
		last := in.Assessments[n-1]
		fields = append(fields, output.Field{Name: "trend", Value: trendCell(last.Trend, clock.Time(last.OccurredTime.Time)+" by "+last.ActorName)})
	}
	if w := in.ImpactWindow; w != nil {
		text := "since " + clock.Time(w.StartTime.Time)
		if !w.EndTime.IsZero() {
			text = "from " + clock.Time(w.StartTime.Time) + " to " + clock.Time(w.EndTime.Time)
		}
		fields = append(fields, output.Field{Name: "impact", Value: output.P(text)})
	}
	if n := len(in.BlastRadii); n > 0 {
		fields = append(fields, output.Field{Name: "blast radius", Value: output.P(blastWords(in.BlastRadii[n-1]))})
	}
	return fields
}

func trendCell(trend, when string) output.Cell {
	switch trend {
	case "worse":
		return output.T(output.Bad, trend+", "+when)
	case "better":
		return output.T(output.Good, trend+", "+when)
	}
	return output.P(trend + ", " + when)
}

// blastWords says on one line what is hit.
func blastWords(b view.BlastRadius) string {
	var parts []string
	for _, list := range []struct {
		what  string
		names []string
	}{{"services", b.Services}, {"components", b.Components}, {"regions", b.Regions}, {"customers", b.CustomerNames}} {
		if len(list.names) > 0 {
			parts = append(parts, list.what+" "+strings.Join(list.names, ", "))
		}
	}
	if b.Customers > 0 {
		parts = append(parts, strconv.FormatUint(b.Customers, 10)+" customers")
	}
	if b.Text != "" {
		parts = append(parts, output.OneLine(b.Text))
	}
	return strings.Join(parts, "; ")
}

// investigationBlocks show what was supposed and what was decided.
func (a *app) investigationBlocks(in view.Incident) []output.Block {
	var blocks []output.Block
	if len(in.Hypotheses) > 0 {
		blocks = append(append(blocks, output.Heading("Hypotheses")), a.hypothesisBlocks(in.Hypotheses, "")...)
	}
	if len(in.Checks) > 0 {
		blocks = append(append(blocks, output.Heading("Checks")), a.measurementBlocks(in.Checks, "")...)
	}
	if len(in.Decisions) > 0 {
		rows := output.Rows{Columns: []string{"", "decision", "why", "considered", "by"}, Shrink: 3, Drop: []int{4, 5}}
		for _, d := range in.Decisions {
			rows.Rows = append(rows.Rows, []output.Cell{
				output.T(output.Strong, d.Name), output.P(strings.ReplaceAll(d.Choice, "_", " ")), output.P(output.OneLine(d.Reason)),
				output.P(strings.Join(d.Options, ", ")), output.P(d.ActorName),
			})
		}
		blocks = append(blocks, output.Heading("Decisions"), rows)
	}
	return blocks
}

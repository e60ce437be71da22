package cli

import (
	"time"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
)

// triedRemarkBlocks show what a payload says about alerts beside their state.
func triedRemarkBlocks(found []client.TriedRemark) []output.Block {
	var blocks []output.Block
	for _, r := range found {
		what := "a note on the alert, if it is known"
		if r.Acknowledges {
			what = "acknowledges the alert, if it is open"
		}
		blocks = append(blocks, output.Line{output.T(output.Strong, what)}, output.Fields{
			{Name: "says", Value: output.P(r.Text)},
			{Name: "said by", Value: output.P(r.SaidBy)},
			{Name: "fingerprint", Value: output.P(r.Fingerprint)},
		})
	}
	return blocks
}

// triedChangeBlocks show what would be recorded of changes.
func triedChangeBlocks(found []client.TriedChange) []output.Block {
	var blocks []output.Block
	for _, c := range found {
		blocks = append(blocks, output.Line{output.P("change, " + c.Outcome + ":"), output.T(output.Strong, c.Title)}, output.Fields{
			{Name: "kind", Value: output.P(c.Kind)},
			{Name: "service", Value: output.P(c.Service)},
			{Name: "environment", Value: output.P(c.Environment)},
			{Name: "version", Value: output.P(c.Version)},
			{Name: "author", Value: output.P(c.Author)},
			{Name: "started", Value: output.P(triedTime(c.StartedTime))},
			{Name: "ended", Value: output.P(triedTime(c.EndedTime))},
			{Name: "link", Value: output.P(c.Link)},
			{Name: "key", Value: output.P(c.Key)},
		})
	}
	return blocks
}

// triedTime is a time as senders write it; "" for none.
func triedTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

package statuspage

import (
	"fmt"
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// collector gathers everything that one file says, and folds what it says about
// the same incident.
type collector struct {
	options Options
	// seenAt is when the value that is being read was observed; may be zero.
	seenAt   time.Time
	problems []importer.Problem
	// order are the keys of what builds histories, in the order of appearance.
	order  []string
	folded map[string]*folded
	// ready are histories that need no folding, by key.
	ready map[string]*incidentv1.ImportedIncident
	known map[string]int
	named []importer.Component
	// late are Google's incidents, products the ids of products by their names.
	late     []lateGoogle
	products map[string]string
}

func newCollector(o Options) *collector {
	return &collector{
		options: o, folded: map[string]*folded{},
		ready: map[string]*incidentv1.ImportedIncident{}, known: map[string]int{}, products: map[string]string{},
	}
}

func (c *collector) problem(line int, err error) {
	c.problems = append(c.problems, importer.Problem{Line: line, Err: err})
}

// notSeenAgain explains a resolution that nobody announced.
const notSeenAgain = "The status page did not show this incident after this time; it was taken as resolved when it was imported."

// system is the name of the other system in external references.
func (c *collector) system(fallback string) string {
	if c.options.System != "" {
		return c.options.System
	}
	return fallback
}

// keep takes a whole history; a later one of the same incident replaces it.
func (c *collector) keep(h *importer.History) error {
	built, err := h.Build()
	if err != nil {
		return err
	}
	key := built.GetDeclare().GetExternal().GetSystem() + "/" + built.GetDeclare().GetExternal().GetId()
	if c.ready[key] == nil {
		c.order = append(c.order, key)
	}
	c.ready[key] = built
	return nil
}

// component remembers a component's name; a fuller description of the same one
// replaces a poorer one.
func (c *collector) component(component importer.Component, full bool) {
	if component.ID == "" {
		return
	}
	at, known := c.known[component.ID]
	switch {
	case !known:
		c.known[component.ID] = len(c.named)
		c.named = append(c.named, component)
	case full:
		c.named[at] = component
	}
}

func (c *collector) components(components []wireComponent) {
	for _, w := range components {
		c.component(importer.Component{
			ID: w.ID, Name: w.Name, Description: w.Description, GroupID: w.GroupID, Group: w.Group,
			Position: w.Position, OnlyShowIfDegraded: w.OnlyShowIfDegraded, StartDate: w.StartDate,
		}, true)
	}
}

// batch builds the histories.
func (c *collector) batch() importer.Batch {
	c.addLate()
	out := importer.Batch{Components: c.named}
	for _, key := range c.order {
		if h := c.ready[key]; h != nil {
			out.Histories = append(out.Histories, h)
			continue
		}
		f := c.folded[key]
		history := f.history()
		if c.options.ResolveOpen {
			history.Over(f.lastSeen(), newIDs().of(f.lastSeen(), "over", f.latest.ID), overWithoutWord, notSeenAgain)
		}
		h, err := history.Build()
		if err != nil {
			c.problem(f.line, fmt.Errorf("incident %s: %w", f.latest.ID, err))
			continue
		}
		out.Histories = append(out.Histories, h)
	}
	out.Problems = slices.SortedStableFunc(slices.Values(c.problems), func(a, b importer.Problem) int {
		return a.Line - b.Line
	})
	return out
}

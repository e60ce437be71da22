package incident

import (
	"fmt"
	"slices"
	"strings"
)

// TickChecklistItem says that a line of a checklist is done, or that it is not after
// all. Any responder may, at any time. What is so already, without a note, is no
// event and no error.
type TickChecklistItem struct {
	Checklist string // name of one that was taken up
	Item      string // id of the line
	Ticked    bool
	Note      string // optional: what came of it
}

// ChecklistItemTicked says that a line of a checklist is done, or is not after all.
type ChecklistItemTicked struct {
	Checklist, Item string
	Ticked          bool
	Note            string // content
}

// Name returns "tick_checklist_item".
func (TickChecklistItem) Name() string { return "tick_checklist_item" }

func (c TickChecklistItem) decide(s State, _ Context) ([]Event, error) {
	if err := firstError(
		func() error { return checkName("checklist", c.Checklist, true) },
		func() error { return checkName("item", c.Item, true) },
		func() error { return checkOptional("note", c.Note, MaxText) },
	); err != nil {
		return nil, err
	}
	list, started := s.Checklist(c.Checklist)
	if !started {
		return nil, notFound("checklist", "no_such_checklist",
			fmt.Sprintf("the checklist %q was not taken up: start it first", clip(c.Checklist)))
	}
	tick, found := list.tick(c.Item)
	if !found {
		return nil, notFound("item", "no_such_item", fmt.Sprintf("the checklist %q has no line %q: it has %s",
			clip(c.Checklist), clip(c.Item), strings.Join(list.ids(), ", ")))
	}
	if tick.Ticked == c.Ticked {
		if c.Note == "" {
			return nil, nil
		}
		return nil, alreadyDone("already_so", "the line is so already: write a note instead")
	}
	return []Event{ChecklistItemTicked(c)}, nil
}

func (c Checklist) ids() []string {
	out := make([]string, len(c.Items))
	for i, t := range c.Items {
		out[i] = t.Item
	}
	return out
}

// conflicts: somebody else ticked the same line.
func (c TickChecklistItem) conflicts(before, after State) bool {
	a, _ := before.Checklist(c.Checklist)
	b, _ := after.Checklist(c.Checklist)
	was, _ := a.tick(c.Item)
	is, _ := b.tick(c.Item)
	return was.Ticked != is.Ticked
}

// Type returns "incident.checklist_item_ticked".
func (ChecklistItemTicked) Type() string { return "incident.checklist_item_ticked" }

// Accept calls VisitChecklistItemTicked.
func (e ChecklistItemTicked) Accept(v Visitor) { v.VisitChecklistItemTicked(e) }

func (e ChecklistItemTicked) traits() traits { return editable | content.when(e.Note != "") }

func (e ChecklistItemTicked) evolve(s State, m Meta) State {
	at := s.findChecklist(e.Checklist)
	if at < 0 {
		return s
	}
	c := s.checklists.at(at)
	c.Items = slices.Clone(c.Items)
	for i := range c.Items {
		if t := &c.Items[i]; t.Item == e.Item {
			t.Ticked, t.By, t.At = e.Ticked, m.Actor, m.OccurredAt
		}
	}
	s.checklists = s.checklists.set(at, c)
	return s
}

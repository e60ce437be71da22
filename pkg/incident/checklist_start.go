package incident

import (
	"fmt"
	"slices"
	"time"
)

// Bounds of a checklist.
const (
	maxChecklists     = 50
	maxChecklistItems = 100
)

// StartChecklist takes up a checklist of the playbook for this incident. Its text is
// recorded, so that later changes of the playbook do not change it. Any responder
// may, until the incident is closed or cancelled. One that was taken up already is
// no event and no error.
type StartChecklist struct {
	Checklist string // name in the playbook
	Revision  uint64 // of the playbook's text; 0 for a built-in one
	Title     string // optional
	Items     []ChecklistItem
}

// ChecklistItem is one line of a checklist.
type ChecklistItem struct {
	Item string // its id in the checklist
	Text string // content
}

// ChecklistStarted says that a checklist was taken up.
type ChecklistStarted struct {
	Checklist string
	Revision  uint64
	Title     string // content
	Items     []ChecklistItem
}

// Checklist is one that was taken up, as rules know it.
type Checklist struct {
	Name     string
	Revision uint64 // of the playbook's text; 0 for a built-in one
	Entry    uint64 // revision of the event that started it
	Items    []Tick
}

// Tick is a line of a checklist and whether it is ticked.
type Tick struct {
	Item   string
	Ticked bool
	By     PersonID  // who ticked or unticked it last; empty for nobody yet
	At     time.Time // when; zero for never
}

// Name returns "start_checklist".
func (StartChecklist) Name() string { return "start_checklist" }

func (c StartChecklist) decide(s State, _ Context) ([]Event, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if _, started := s.Checklist(c.Checklist); started {
		return nil, nil
	}
	if s.Status == StatusClosed || s.Status == StatusCancelled {
		return nil, wrongState("already_"+s.Status.String(), "the incident is "+s.Status.String()+": reopen it if it is not over")
	}
	if s.checklists.size() >= maxChecklists {
		return nil, wrongState("too_many_checklists", fmt.Sprintf("the incident has %d checklists: finish those first", maxChecklists))
	}
	return []Event{ChecklistStarted(c)}, nil
}

func (c StartChecklist) check() error {
	if n := len(c.Items); n == 0 || n > maxChecklistItems {
		return invalid("items", "wrong_number", fmt.Sprintf("a checklist has 1 to %d lines, not %d", maxChecklistItems, n))
	}
	ids := make([]string, len(c.Items))
	for i, item := range c.Items {
		ids[i] = item.Item
		if err := checkRequired("items", item.Text, MaxItem); err != nil {
			return err
		}
	}
	return firstError(
		func() error { return checkName("checklist", c.Checklist, true) },
		func() error { return checkOptional("title", c.Title, MaxReason) },
		func() error { return checkNames("items", ids) },
	)
}

func (StartChecklist) conflicts(_, _ State) bool { return false }

// Checklists returns those that were taken up, in that order. The caller must not
// change their items.
func (s State) Checklists() []Checklist {
	var out []Checklist
	for i := range s.checklists.size() {
		out = append(out, s.checklists.at(i))
	}
	return out
}

// Checklist returns one that was taken up, by its name in the playbook. The caller
// must not change its items.
func (s State) Checklist(name string) (Checklist, bool) {
	if i := s.findChecklist(name); i >= 0 {
		return s.checklists.at(i), true
	}
	return Checklist{}, false
}

func (s State) findChecklist(name string) int {
	return s.checklists.find(func(c Checklist) bool { return c.Name == name })
}

// tick returns the line of the checklist.
func (c Checklist) tick(item string) (Tick, bool) {
	if i := slices.IndexFunc(c.Items, func(t Tick) bool { return t.Item == item }); i >= 0 {
		return c.Items[i], true
	}
	return Tick{}, false
}

// Type returns "incident.checklist_started".
func (ChecklistStarted) Type() string { return "incident.checklist_started" }

// Accept calls VisitChecklistStarted.
func (e ChecklistStarted) Accept(v Visitor) { v.VisitChecklistStarted(e) }

func (e ChecklistStarted) traits() traits {
	said := func(i ChecklistItem) bool { return i.Text != "" }
	return content.when(e.Title != "" || slices.ContainsFunc(e.Items, said))
}

func (e ChecklistStarted) evolve(s State, m Meta) State {
	if s.findChecklist(e.Checklist) >= 0 {
		return s
	}
	c := Checklist{Name: e.Checklist, Revision: e.Revision, Entry: m.Revision}
	for _, i := range e.Items {
		c.Items = append(c.Items, Tick{Item: i.Item})
	}
	s.checklists = s.checklists.with(c)
	return s
}

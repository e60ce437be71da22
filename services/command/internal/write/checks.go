package write

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// decisionLists are the checklists that decisions answer.
func decisionLists(book *playbook.Playbook) []*catalog.Resource {
	var lists []*catalog.Resource
	for _, r := range book.Resources("checklist") {
		if r.Spec.GetChecklist().GetUse() == catalogv1.ChecklistUse_CHECKLIST_USE_DECISION {
			lists = append(lists, r)
		}
	}
	return lists
}

// checks refuses answers to lines that no checklist of decisions has: one that is
// mistyped would stand in the log for ever and answer nothing.
func (n names) checks(given []incident.Check) error {
	if n.lenient || len(given) == 0 {
		return nil
	}
	book, err := n.books.Of(n.state)
	if err != nil {
		return fmt.Errorf("check answers: %w", err)
	}
	var known []string
	for _, r := range decisionLists(book) {
		for _, i := range r.Spec.GetChecklist().GetItems() {
			known = append(known, i.GetId())
		}
	}
	if len(known) == 0 {
		return nil
	}
	for i, c := range given {
		if !slices.Contains(known, c.Item) {
			return rpc.InvalidField(fmt.Sprintf("checks[%d].item", i), "unknown_item",
				fmt.Sprintf("no checklist for decisions has a line %q: %s", c.Item, oneOf(c.Item, known)))
		}
	}
	return nil
}

// contradictions names the lines whose answers speak for something else than what was
// decided. It is for whoever decides to know better.
func (s *Service) contradictions(c incident.MakeDecision) []string {
	book, err := s.books.Of(s.Catalog.State())
	if err != nil {
		return nil // advice must not take away from what was written
	}
	against := map[string][]string{}
	var order []string
	for _, r := range decisionLists(book) {
		for _, i := range r.Spec.GetChecklist().GetItems() {
			option, err := incident.ParseChoice(i.GetSpeaksFor())
			if i.GetSpeaksFor() == "" || err != nil || option == c.Choice || !holds(c.Checks, i.GetId()) {
				continue
			}
			if against[option] == nil {
				order = append(order, option)
			}
			against[option] = append(against[option], i.GetId())
		}
	}
	var found []string
	for _, option := range order {
		found = append(found, fmt.Sprintf("your answers speak for %s: %s", strings.ReplaceAll(option, "_", " "), strings.Join(against[option], ", ")))
	}
	return found
}

// holds reports whether a line was answered with yes.
func holds(checks []incident.Check, item string) bool {
	return slices.Contains(checks, incident.Check{Item: item, Holds: true})
}

package catalog

import (
	"fmt"
	"slices"
	"strings"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// checklistKind: things to do or to answer.
func checklistKind() Kind {
	return Kind{Name: "checklist", Title: "Checklist", check: func(c *checker, r *Resource) {
		s := r.Spec.GetChecklist()
		if forRole := s.GetUse() == catalogv1.ChecklistUse_CHECKLIST_USE_ROLE; forRole != (s.GetRole() != 0) {
			c.violate(r, "spec.role", "role_and_use", "a checklist of use role names the role, and no other does")
		}
		c.options(r, s)
		seen := map[string]bool{}
		for i, item := range s.GetItems() {
			field := fmt.Sprintf("spec.items[%d]", i)
			if seen[item.GetId()] {
				c.violate(r, field+".id", "twice", "the id "+quote(item.GetId())+" is given twice: ticks could not tell the lines apart")
			}
			seen[item.GetId()] = true
			if option := item.GetSpeaksFor(); option != "" && !slices.Contains(s.GetOptions(), option) {
				c.violate(r, field+".speaks_for", "unknown_option", quote(option)+" is none of the options: "+strings.Join(s.GetOptions(), ", "))
			}
		}
	}}
}

// options checks what can be chosen.
func (c *checker) options(r *Resource, s *catalogv1.ChecklistSpec) {
	decides := s.GetUse() == catalogv1.ChecklistUse_CHECKLIST_USE_DECISION
	switch {
	case decides && len(s.GetOptions()) < 2:
		c.violate(r, "spec.options", "too_few", "a decision needs at least two options")
	case !decides && len(s.GetOptions()) > 0:
		c.violate(r, "spec.options", "not_a_decision", "only a checklist of use decision has options")
	}
	for i, option := range s.GetOptions() {
		if slices.Index(s.GetOptions(), option) < i {
			c.violate(r, fmt.Sprintf("spec.options[%d]", i), "twice", "this option is given twice")
		}
	}
	if option := s.GetDefaultOption(); option != "" && !slices.Contains(s.GetOptions(), option) {
		c.violate(r, "spec.default_option", "unknown_option", quote(option)+" is none of the options: "+strings.Join(s.GetOptions(), ", "))
	}
}

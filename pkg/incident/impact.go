package incident

import (
	"fmt"
	"slices"
	"strings"
)

// SetImpact says which components suffer, for the team; customers are told by
// PublishUpdate. Components that are not named stay as they are. It needs the
// commander's rights. What is so already is no event and no error.
type SetImpact struct {
	Components []ComponentImpact // 1 to MaxComponents, each once
}

// ImpactChanged says that the internal view of which components suffer was changed.
type ImpactChanged struct {
	Components []ComponentImpact // those that changed
}

// Name returns "set_impact".
func (SetImpact) Name() string { return "set_impact" }

func (c SetImpact) decide(s State, ctx Context) ([]Event, error) {
	if len(c.Components) == 0 {
		return nil, invalid("components", "required", "components is empty: name a component and its state")
	}
	if err := checkComponents(c.Components); err != nil {
		return nil, err
	}
	if err := ctx.requireLead(s); err != nil {
		return nil, err
	}
	var changed []ComponentImpact
	for _, ci := range c.Components {
		if s.ComponentStatus(ci.Component) != ci.Status {
			changed = append(changed, ci)
		}
	}
	if len(changed) == 0 {
		return nil, nil
	}
	return []Event{ImpactChanged{Components: changed}}, nil
}

// checkComponents wants at most MaxComponents known states, each component once.
func checkComponents(components []ComponentImpact) error {
	names := make([]string, len(components))
	for i, ci := range components {
		names[i] = ci.Component
		if !ci.Status.Known() {
			return invalid("components", "unknown_component_status", fmt.Sprintf(
				"component %q has no known state: use %s", clip(ci.Component), strings.Join(componentStatusNames()[1:], ", ")))
		}
	}
	return checkNames("components", names)
}

func (c SetImpact) conflicts(before, after State) bool {
	for _, ci := range c.Components {
		if before.ComponentStatus(ci.Component) != after.ComponentStatus(ci.Component) {
			return true
		}
	}
	return false
}

// Type returns "incident.impact_changed".
func (ImpactChanged) Type() string { return "incident.impact_changed" }

// Accept calls VisitImpactChanged.
func (e ImpactChanged) Accept(v Visitor) { v.VisitImpactChanged(e) }

func (ImpactChanged) traits() traits { return 0 }

func (e ImpactChanged) evolve(s State, _ Meta) State {
	s.impact = slices.Clone(s.impact)
	for _, ci := range e.Components {
		if i, found := findComponent(s.impact, ci.Component); found {
			s.impact[i] = ci
		} else {
			s.impact = slices.Insert(s.impact, i, ci)
		}
	}
	return s
}

// findComponent finds a component among impacts that are sorted by name.
func findComponent(sorted []ComponentImpact, name string) (int, bool) {
	return slices.BinarySearchFunc(sorted, name, func(ci ComponentImpact, name string) int {
		return strings.Compare(ci.Component, name)
	})
}

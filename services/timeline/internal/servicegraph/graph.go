package servicegraph

import (
	"maps"
	"slices"
)

// Graph is which service depends on which.
type Graph struct{ needs, neededBy map[string][]string }

// New returns the graph of services by name and the names of those that each depends on.
func New(dependsOn map[string][]string) Graph {
	g := Graph{needs: map[string][]string{}, neededBy: map[string][]string{}}
	for _, service := range slices.Sorted(maps.Keys(dependsOn)) {
		for _, need := range slices.Compact(slices.Sorted(slices.Values(dependsOn[service]))) {
			g.needs[service] = append(g.needs[service], need)
			g.neededBy[need] = append(g.neededBy[need], service)
		}
	}
	return g
}

// Way is the names of services from one that was asked about to another, both included:
// a shortest one.
type Way []string

// Distance is how many steps a way has; 0 for a service that was asked about itself.
func (w Way) Distance() int { return len(w) - 1 }

// Needs returns the services that the given ones depend on, directly or not, and
// themselves, by name.
func (g Graph) Needs(services []string) map[string]Way { return ways(g.needs, services) }

// NeededBy returns the services that depend on the given ones, directly or not, and
// themselves, by name.
func (g Graph) NeededBy(services []string) map[string]Way { return ways(g.neededBy, services) }

// ways walks in breadth, so that the first way found is a shortest one; among those it
// is the first by name. It ends also where services depend on each other in a circle.
func ways(next map[string][]string, services []string) map[string]Way {
	found := map[string]Way{}
	var queue []string
	for _, service := range slices.Sorted(slices.Values(services)) {
		if found[service] == nil {
			found[service] = Way{service}
			queue = append(queue, service)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, service := range next[at] {
			if found[service] == nil {
				found[service] = append(slices.Clone(found[at]), service)
				queue = append(queue, service)
			}
		}
	}
	return found
}

package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/catalog"
)

// manyDocuments is a catalog of 10,000 resources: services in a chain of
// dependencies, with owners and people.
func manyDocuments() string {
	const services, people, teams = 6000, 3500, 500
	var b strings.Builder
	for i := range people {
		fmt.Fprintf(&b, "{kind: Person, name: p%d, spec: {email: p%d@example.org, role: responder}}\n---\n", i, i)
	}
	for i := range teams {
		fmt.Fprintf(&b, "{kind: Team, name: t%d, spec: {members: [p%d, p%d], parent: %s}}\n---\n", i, i, i+teams, parentOf("t", i/10, i))
	}
	for i := range services {
		fmt.Fprintf(&b, "{kind: Service, name: s%d, spec: {owner: t%d, tier: %d, depends_on: [%s]}}\n---\n", i, i%teams, i%5+1, parentOf("s", i-1, i))
	}
	return strings.TrimSuffix(b.String(), "---\n")
}

func parentOf(prefix string, parent, child int) string {
	if parent < 0 || parent == child {
		return ""
	}
	return fmt.Sprintf("%s%d", prefix, parent)
}

// BenchmarkPlan plans an apply of 10,000 resources to an empty catalog, and again
// to one that has them all.
func BenchmarkPlan(b *testing.B) {
	world := newBench(b)
	resources := world.parse(manyDocuments())
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			changes, err := catalog.Plan(nil, resources, world.options)
			if err != nil || len(changes) != len(resources) {
				b.Fatalf("%d changes, %v", len(changes), err)
			}
		}
	})
	state := world.given(manyDocuments())
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			changes, err := catalog.Plan(state, resources, world.options)
			if err != nil || len(changes) != 0 {
				b.Fatalf("%d changes, %v", len(changes), err)
			}
		}
	})
	b.Run("one", func(b *testing.B) {
		one := world.parse("{kind: Service, name: s0, spec: {description: changed}}")
		for b.Loop() {
			changes, err := catalog.Plan(state, one, world.options)
			if err != nil || len(changes) != 1 {
				b.Fatalf("%d changes, %v", len(changes), err)
			}
		}
	})
}

// As many documents as are allowed are read, and one more is not.
func TestManyDocuments(t *testing.T) {
	if resources := newBench(t).parse(manyDocuments()); len(resources) != 10_000 {
		t.Errorf("%d resources", len(resources))
	}
	if _, err := catalog.Parse("many.yaml", []byte(manyDocuments()+"---\n{kind: Service, name: last}")); err == nil {
		t.Error("more than are allowed were read")
	}
}

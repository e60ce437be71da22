package document

import (
	"cmp"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// components are those of one page.
type components struct {
	list   []*statusv1.PublicComponent
	byName map[string]*statusv1.PublicComponent // by catalog name
}

// componentsOf collects the components of a page: the ones it names with the
// groups that they are in, or all. Each keeps its position unless another one has it
// or has passed it.
func componentsOf(state *catalog.State, page *catalogv1.StatusPageSpec) components {
	resources := chosen(state, page)
	slices.SortStableFunc(resources, func(a, b *catalog.Resource) int {
		return cmp.Or(
			cmp.Compare(place(a), place(b)),
			cmp.Compare(a.Name, b.Name))
	})
	c := components{byName: map[string]*statusv1.PublicComponent{}}
	next := map[string]int32{} // last position in a group, "" for the page
	for _, r := range resources {
		spec := r.Spec.GetComponent()
		next[spec.GetGroupName()] = max(next[spec.GetGroupName()]+1, spec.GetPosition())
		c.add(r, next[spec.GetGroupName()])
	}
	c.adopt(resources)
	slices.SortStableFunc(c.list, func(a, b *statusv1.PublicComponent) int { return cmp.Compare(a.GetPosition(), b.GetPosition()) })
	return c
}

// place orders components: those with a position first.
func place(r *catalog.Resource) int32 {
	if p := r.Spec.GetComponent().GetPosition(); p > 0 {
		return p
	}
	return 1 << 30
}

func chosen(state *catalog.State, page *catalogv1.StatusPageSpec) []*catalog.Resource {
	if len(page.GetComponents()) == 0 {
		return slices.Clone(state.List("component"))
	}
	var list []*catalog.Resource
	add := func(name string) {
		r, ok := state.Get("component", name)
		if ok && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	for _, name := range page.GetComponents() {
		add(name)
		if r, ok := state.Get("component", name); ok && r.Spec.GetComponent().GetGroupName() != "" {
			add(r.Spec.GetComponent().GetGroupName())
		}
	}
	return list
}

func (c *components) add(r *catalog.Resource, position int32) {
	spec := r.Spec.GetComponent()
	at := r.UpdatedAt.UnixMicro()
	p := &statusv1.PublicComponent{
		Id: spec.GetPublicId(), Name: cmp.Or(spec.GetDisplayName(), r.Name), Status: incident.Operational.String(),
		CreatedAtUs: at, UpdatedAtUs: at, Position: position, Showcase: !spec.GetGroup(), Group: spec.GetGroup(),
		OnlyShowIfDegraded: spec.GetOnlyShowIfDegraded(),
	}
	if p.GetId() == "" {
		p.Id = publicID("component", r.ID)
	}
	if d := cut(spec.GetDescription(), maxDescription); d != "" {
		p.Description = &d
	}
	if d := spec.GetStartDate(); d != "" {
		p.StartDate = &d
	}
	p.Refs = []string{Ref(r.Name)}
	if ref := Ref(p.GetId()); ref != p.GetRefs()[0] {
		p.Refs = append(p.Refs, ref) // imported updates name a component by its id
	}
	c.list = append(c.list, p)
	c.byName[r.Name] = p
}

// adopt links children to the groups that are on the page too.
func (c *components) adopt(resources []*catalog.Resource) {
	for _, r := range resources {
		group, ok := c.byName[r.Spec.GetComponent().GetGroupName()]
		if !ok || !group.GetGroup() {
			continue
		}
		id := group.GetId()
		child := c.byName[r.Name]
		child.GroupId = &id
		group.Children = append(group.Children, child.GetId())
	}
}

// bound leaves out what the page has no room for, first the descriptions, then the
// last components, and returns how many of these.
func (c *components) bound() (hidden int) {
	size := func() (sum int) {
		for _, p := range c.list {
			sum += proto.Size(p) + 4
		}
		return sum
	}
	if size() <= maxComponentsBytes {
		return 0
	}
	for _, p := range c.list {
		p.Description = nil
	}
	gone := map[string]bool{}
	for total := size(); total > maxComponentsBytes; hidden++ {
		last := c.list[len(c.list)-1]
		total -= proto.Size(last) + 4
		gone[last.GetId()] = true
		c.list = c.list[:len(c.list)-1]
	}
	for _, p := range c.list {
		p.Children = slices.DeleteFunc(p.GetChildren(), func(id string) bool { return gone[id] })
		if gone[p.GetGroupId()] {
			p.GroupId = nil
		}
	}
	maps.DeleteFunc(c.byName, func(_ string, p *statusv1.PublicComponent) bool { return gone[p.GetId()] })
	return hidden
}

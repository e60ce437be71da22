package page

import (
	"cmp"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// Bounds of a document, which is one message.
const (
	maxIncidents = 200
	maxBytes     = 768 << 10
)

// DefaultName is the name of the page that exists when the catalog has none.
const DefaultName = "default"

// Page is one status page as the catalog has it.
type Page struct {
	// Name is the catalog's; ID is public.
	Name, ID string
	// Title, URL and TimeZone are for customers.
	Title, URL, TimeZone string
	// Components are the names of those on it; none: all.
	Components []string
	// ChangedAt is when the resource changed last.
	ChangedAt time.Time
}

// Pages returns the status pages of a catalog by name; a default one when it has
// none. url is where a page is read that does not say.
func Pages(state *catalog.State, url string) []Page {
	var pages []Page
	for _, r := range state.List("status_page") {
		spec := r.Spec.GetStatusPage()
		pages = append(pages, Page{
			Name: r.Name, ID: keep(spec.GetPublicId(), "page", r.ID), Title: spec.GetTitle(), URL: cmp.Or(spec.GetUrl(), url),
			TimeZone: cmp.Or(spec.GetTimeZone(), "Etc/UTC"), Components: spec.GetComponents(), ChangedAt: r.UpdatedAt,
		})
	}
	if len(pages) == 0 {
		pages = append(pages, Page{Name: DefaultName, ID: ID("page", DefaultName), Title: "Status", URL: url, TimeZone: "Etc/UTC"})
	}
	return pages
}

// ComponentNames finds components of a catalog by name or by original id. One that
// the catalog does not have keeps the name under which it was told to customers.
func ComponentNames(state *catalog.State) Names {
	byOriginal := map[string]*catalog.Resource{}
	for _, r := range state.List("component") {
		if id := r.Spec.GetComponent().GetPublicId(); id != "" {
			byOriginal[id] = r
		}
	}
	return func(component string) (id, name string) {
		r, ok := state.Get("component", component)
		if !ok {
			r, ok = byOriginal[component]
		}
		if !ok {
			return keep(component, "component", component), component
		}
		return componentID(r), cmp.Or(r.Spec.GetComponent().GetDisplayName(), r.Name)
	}
}

func componentID(r *catalog.Resource) string {
	return keep(r.Spec.GetComponent().GetPublicId(), "component", r.ID)
}

// Compose puts a page together from the catalog and the page's incidents.
func Compose(p Page, state *catalog.State, incidents []*statusv1.PublicIncident) *statusv1.PageDocument {
	out := &statusv1.PageDocument{Id: p.ID, Name: p.Name, Title: p.Title, Url: p.URL, TimeZone: p.TimeZone, UpdatedAtUs: micros(p.ChangedAt)}
	out.Incidents = slices.Clone(incidents)
	slices.SortStableFunc(out.Incidents, func(a, b *statusv1.PublicIncident) int {
		return cmp.Or(cmp.Compare(b.GetCreatedAtUs(), a.GetCreatedAtUs()), cmp.Compare(a.GetId(), b.GetId()))
	})
	bound(out)
	for _, i := range out.GetIncidents() {
		out.UpdatedAtUs = max(out.GetUpdatedAtUs(), i.GetUpdatedAtUs())
	}
	out.Components = components(p, state, out.GetIncidents())
	for _, c := range out.GetComponents() {
		out.UpdatedAtUs = max(out.GetUpdatedAtUs(), c.GetUpdatedAtUs())
	}
	return out
}

// bound drops the oldest incidents that are over until the document fits.
func bound(d *statusv1.PageDocument) {
	size := 0
	kept := d.GetIncidents()[:0]
	for i, one := range d.GetIncidents() {
		size += proto.Size(one)
		if Over(one.GetStatus()) && (i >= maxIncidents || size > maxBytes) {
			continue
		}
		kept = append(kept, one)
	}
	d.Incidents = kept
}

// components lists those of a page: the ones it names, with the groups they are
// in, in order of their positions.
func components(p Page, state *catalog.State, incidents []*statusv1.PublicIncident) []*statusv1.PublicComponent {
	var out []*statusv1.PublicComponent
	names := map[string]string{} // public id by name
	shown := shownNames(p, state)
	for _, r := range state.List("component") {
		names[r.Name] = componentID(r)
	}
	for _, r := range state.List("component") {
		if shown[r.Name] {
			out = append(out, component(r, names))
		}
	}
	affect(out, incidents)
	number(out)
	slices.SortStableFunc(out, func(a, b *statusv1.PublicComponent) int {
		return cmp.Or(cmp.Compare(a.GetPosition(), b.GetPosition()), cmp.Compare(a.GetName(), b.GetName()))
	})
	adopt(out)
	return out
}

// shownNames are the components that are on the page, and their groups.
func shownNames(p Page, state *catalog.State) map[string]bool {
	shown := map[string]bool{}
	for _, r := range state.List("component") {
		spec := r.Spec.GetComponent()
		if len(p.Components) > 0 && !slices.Contains(p.Components, r.Name) {
			continue
		}
		shown[r.Name] = true
		if _, ok := state.Get("component", spec.GetGroupName()); ok {
			shown[spec.GetGroupName()] = true
		}
	}
	return shown
}

func component(r *catalog.Resource, ids map[string]string) *statusv1.PublicComponent {
	spec := r.Spec.GetComponent()
	c := &statusv1.PublicComponent{
		Id: componentID(r), Name: cmp.Or(spec.GetDisplayName(), r.Name), Status: Operational, CreatedAtUs: micros(r.UpdatedAt),
		UpdatedAtUs: micros(r.UpdatedAt), Position: spec.GetPosition(), Description: optional(spec.GetDescription()),
		Showcase: !spec.GetGroup(), StartDate: optional(spec.GetStartDate()), Group: spec.GetGroup(),
		OnlyShowIfDegraded: spec.GetOnlyShowIfDegraded(), GroupId: groupOf(spec, ids),
	}
	if spec.GetStartDate() != "" {
		if day, err := time.Parse(time.DateOnly, spec.GetStartDate()); err == nil {
			c.CreatedAtUs = day.UnixMicro()
		}
	}
	return c
}

func groupOf(spec *catalogv1.ComponentSpec, ids map[string]string) *string {
	if id, ok := ids[spec.GetGroupName()]; ok && !spec.GetGroup() {
		return &id
	}
	return nil
}

// affect gives components the worst state in which an open incident leaves them,
// and groups that of their worst child.
func affect(all []*statusv1.PublicComponent, incidents []*statusv1.PublicIncident) {
	byID := map[string]*statusv1.PublicComponent{}
	for _, c := range all {
		byID[c.GetId()] = c
	}
	for _, i := range incidents {
		for id, status := range Components(i) {
			if c, ok := byID[id]; ok && !c.GetGroup() {
				c.Status = Worst(c.GetStatus(), status)
			}
		}
		for _, u := range i.GetUpdates() {
			for _, a := range u.GetAffectedComponents() {
				if c, ok := byID[a.GetCode()]; ok {
					c.UpdatedAtUs = max(c.GetUpdatedAtUs(), u.GetDisplayAtUs())
				}
			}
		}
	}
	for _, c := range all {
		if group, ok := byID[c.GetGroupId()]; ok && c.GroupId != nil {
			group.Status = Worst(group.GetStatus(), c.GetStatus())
			group.UpdatedAtUs = max(group.GetUpdatedAtUs(), c.GetUpdatedAtUs())
		}
	}
}

// number gives each component its place within its group or the page, from 1:
// first those that say, then by name.
func number(all []*statusv1.PublicComponent) {
	sorted := slices.Clone(all)
	last := int32(1 << 30)
	place := func(c *statusv1.PublicComponent) int32 {
		if c.GetPosition() == 0 {
			return last
		}
		return c.GetPosition()
	}
	slices.SortStableFunc(sorted, func(a, b *statusv1.PublicComponent) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.GetName(), b.GetName()))
	})
	next := map[string]int32{}
	for _, c := range sorted {
		next[c.GetGroupId()]++
		c.Position = next[c.GetGroupId()]
	}
}

// adopt lists the children of each group by position.
func adopt(sorted []*statusv1.PublicComponent) {
	for _, group := range sorted {
		if !group.GetGroup() {
			continue
		}
		for _, c := range sorted {
			if c.GroupId != nil && c.GetGroupId() == group.GetId() {
				group.Children = append(group.Children, c.GetId())
			}
		}
	}
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

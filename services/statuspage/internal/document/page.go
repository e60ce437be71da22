package document

import (
	"cmp"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// DefaultPage is the page that exists while the catalog has none.
const DefaultPage = "status"

// Page is the document of one page, and what it had no room for.
type Page struct {
	*statusv1.PageDocument

	// Hidden is the number of open incidents that are left out.
	Hidden int
	// HiddenComponents is the number of components that are left out.
	HiddenComponents int
}

// Pages returns the documents of all pages of the catalog, by name; the default
// page when there is none.
func (f *Fold) Pages(state *catalog.State) []Page {
	resources := state.List("status_page")
	if len(resources) == 0 {
		spec := &catalogv1.StatusPageSpec{Title: "Status"}
		return []Page{f.page(state, DefaultPage, publicID("page", DefaultPage), spec, f.began)}
	}
	var pages []Page
	for _, r := range resources {
		spec := r.Spec.GetStatusPage()
		pages = append(pages, f.page(state, r.Name, cmp.Or(spec.GetPublicId(), publicID("page", r.ID)), spec, r.UpdatedAt))
	}
	return pages
}

func (f *Fold) page(state *catalog.State, name, id string, spec *catalogv1.StatusPageSpec, changed time.Time) Page {
	doc := &statusv1.PageDocument{
		Id: id, Name: name, Title: spec.GetTitle(), Url: spec.GetUrl(), TimeZone: cmp.Or(spec.GetTimeZone(), "Etc/UTC"),
		UpdatedAtUs: changed.UnixMicro(),
	}
	page := Page{PageDocument: doc, Hidden: f.hidden(name)}
	parts := componentsOf(state, spec)
	page.HiddenComponents = parts.bound()
	chosen, hidden := newest(f.standings(name))
	now, since := map[string]incident.ComponentStatus{}, map[string]time.Time{}
	for _, s := range chosen {
		if s.open && statusWord(s.seen[len(s.seen)-1].event) != "scheduled" {
			hurt(s.seen, now, since)
		}
	}
	parts.suffer(now, since)
	doc.Components = parts.list
	for _, c := range parts.list {
		doc.UpdatedAtUs = max(doc.GetUpdatedAtUs(), c.GetUpdatedAtUs())
	}
	page.Hidden += hidden + fit(doc, chosen, parts)
	return page
}

// newest chooses the incidents that a page shows: the newest open ones, and those
// that are over among the newest of all; open first, the newest first. hidden is
// how many open ones are left out.
func newest(all []standing) (chosen []standing, hidden int) {
	var over []standing
	for n, s := range all {
		switch {
		case s.open && len(chosen) < MaxOpen:
			chosen = append(chosen, s)
		case s.open:
			hidden++
		case n < MaxIncidents:
			over = append(over, s)
		}
	}
	return append(chosen, over...), hidden
}

// fit adds incidents to a document as long as there is room, and returns how many
// open ones had none. The document gets them newest first.
func fit(doc *statusv1.PageDocument, chosen []standing, parts components) (hidden int) {
	room := MaxDocumentBytes - proto.Size(doc)
	for n, s := range chosen {
		shown := incidentOf(s.incident, s.seen, parts)
		room -= proto.Size(shown) + 8 // with tag and length
		if room < 0 {
			for _, left := range chosen[n:] {
				if left.open {
					hidden++
				}
			}
			break
		}
		doc.Incidents = append(doc.Incidents, shown)
		doc.UpdatedAtUs = max(doc.GetUpdatedAtUs(), shown.GetUpdatedAtUs())
	}
	slices.SortFunc(doc.Incidents, func(a, b *statusv1.PublicIncident) int {
		return cmp.Or(cmp.Compare(b.GetCreatedAtUs(), a.GetCreatedAtUs()), cmp.Compare(a.GetId(), b.GetId()))
	})
	return hidden
}

// hurt adds what the updates of one open incident say of components.
func hurt(seen []*update, now map[string]incident.ComponentStatus, since map[string]time.Time) {
	mine, at := map[string]incident.ComponentStatus{}, map[string]time.Time{}
	for _, u := range seen {
		for _, c := range u.event.Components {
			mine[c.Component], at[c.Component] = c.Status, u.displayAt
		}
	}
	for name, status := range mine {
		if status > now[name] {
			now[name], since[name] = status, at[name]
		}
	}
}

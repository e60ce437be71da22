package document

import (
	"cmp"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// DefaultPage is the page that exists while the catalog has none.
const DefaultPage = "status"

// Page is the document of one page, and what it had no room for.
type Page struct {
	*statusv1.PageDocument

	// HiddenComponents is the number of components that are left out.
	HiddenComponents int
}

// Pages returns the documents of all pages of the catalog, by name; the default
// page, as old as began, when there is none.
func Pages(state *catalog.State, began time.Time) []Page {
	resources := state.List("status_page")
	if len(resources) == 0 {
		spec := &catalogv1.StatusPageSpec{Title: "Status"}
		return []Page{page(state, DefaultPage, publicID("page", DefaultPage), spec, began)}
	}
	var pages []Page
	for _, r := range resources {
		spec := r.Spec.GetStatusPage()
		pages = append(pages, page(state, r.Name, cmp.Or(spec.GetPublicId(), publicID("page", r.ID)), spec, r.UpdatedAt))
	}
	return pages
}

func page(state *catalog.State, name, id string, spec *catalogv1.StatusPageSpec, changed time.Time) Page {
	parts := componentsOf(state, spec)
	hidden := parts.bound()
	doc := &statusv1.PageDocument{
		Id: id, Name: name, Title: spec.GetTitle(), Url: spec.GetUrl(), TimeZone: cmp.Or(spec.GetTimeZone(), "Etc/UTC"),
		UpdatedAtUs: changed.UnixMicro(), Components: parts.list,
	}
	for _, c := range parts.list {
		doc.UpdatedAtUs = max(doc.GetUpdatedAtUs(), c.GetUpdatedAtUs())
	}
	return Page{doc, hidden}
}

package catalog

import (
	"github.com/bridgelog/bridgelog/pkg/runbook"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Runbooks is what alerts may lead to: the runbooks of the catalog, and which of them its
// services have.
func (s *State) Runbooks() *runbook.Library {
	library := &runbook.Library{}
	for _, kind := range []string{"runbook", "service"} {
		for _, r := range s.List(kind) {
			AddRunbooks(library, r.Name, r.Spec)
		}
	}
	return library
}

// AddRunbooks adds a runbook, or those of a service. Resources of other kinds have none.
func AddRunbooks(library *runbook.Library, name string, spec *catalogv1.Spec) {
	if book := spec.GetRunbook(); book != nil {
		library.Entries = append(library.Entries, runbook.Entry{Name: name, URL: book.GetUrl(), Alerts: book.GetAlerts()})
	}
	if service := spec.GetService(); service != nil {
		if library.Services == nil {
			library.Services = map[string]runbook.Service{}
		}
		library.Services[name] = runbook.Service{URL: service.GetRunbookUrl(), Runbooks: service.GetRunbooks()}
	}
}

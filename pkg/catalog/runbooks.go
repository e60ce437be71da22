package catalog

import "github.com/bridgelog/bridgelog/pkg/runbook"

// Runbooks is what alerts may lead to: the runbooks of the catalog, and which of them its
// services have.
func (s *State) Runbooks() *runbook.Library {
	library := &runbook.Library{Services: map[string]runbook.Service{}}
	for _, r := range s.List("runbook") {
		book := r.Spec.GetRunbook()
		library.Entries = append(library.Entries, runbook.Entry{Name: r.Name, URL: book.GetUrl(), Alerts: book.GetAlerts()})
	}
	for _, r := range s.List("service") {
		service := r.Spec.GetService()
		library.Services[r.Name] = runbook.Service{URL: service.GetRunbookUrl(), Runbooks: service.GetRunbooks()}
	}
	return library
}

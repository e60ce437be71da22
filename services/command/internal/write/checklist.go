package write

import (
	"fmt"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
)

// checklist takes a checklist out of the playbook as it is now.
func (s *Service) checklist(name string) (incident.StartChecklist, error) {
	c := incident.StartChecklist{Checklist: name}
	book, err := s.books.Of(s.Catalog.State())
	if err != nil {
		return c, err
	}
	found, ok := book.Find("checklist", name)
	if !ok {
		return c, rpc.InvalidField("checklist", "unknown_checklist",
			fmt.Sprintf("there is no checklist %q: the playbook has %s", name, strings.Join(namesOf(book.Resources("checklist")), ", ")))
	}
	c.Checklist, c.Revision = found.Name, found.Revision
	spec := found.Spec.GetChecklist()
	c.Title = spec.GetDisplayName()
	for _, item := range spec.GetItems() {
		text := item.GetText()
		if item.GetDetail() != "" {
			text += "\n" + item.GetDetail()
		}
		c.Items = append(c.Items, incident.ChecklistItem{Item: item.GetId(), Text: text})
	}
	return c, nil
}

func namesOf(resources []*catalog.Resource) []string {
	out := make([]string, len(resources))
	for i, r := range resources {
		out[i] = r.Name
	}
	return out
}

package draft

import (
	"slices"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// Catalog finds components and pages; a catalog.State is one.
type Catalog interface {
	// Get returns a resource by its name or id.
	Get(kind, nameOrID string) (*catalog.Resource, bool)
	// List returns all of a kind, by name.
	List(kind string) []*catalog.Resource
}

// Incident is what texts are about, with what counts at the moment.
type Incident struct {
	View *view.View
	// Catalog knows components and pages.
	Catalog Catalog
	// Book knows severities.
	Book *playbook.Playbook
	// Name returns the name of a person or machine.
	Name func(incident.PersonID) string
	// Other returns the name of another incident.
	Other func(incident.ID) string
	// Now is the present.
	Now time.Time
}

// Passing is a role that goes from one person to another. The zero Passing is none.
type Passing struct {
	Role incident.Role
	To   incident.PersonID
}

// ForTeam returns what variables stand for in a text for the team. Variables without
// a value are left out.
func (i *Incident) ForTeam(names []string, p Passing) template.Values {
	return filled(names, teamWords(), &known{Incident: i, in: &i.View.Incident, passing: p})
}

// ForCustomers returns what variables stand for in a text for customers. Variables
// without a value are left out.
func (i *Incident) ForCustomers(names []string, u Update) template.Values {
	p := i.public(u)
	return filled(names, publicWords(), &p)
}

// filled are the values of those variables that stand for something in a subject.
func filled[T any](names []string, words map[string]func(T) string, subject T) template.Values {
	values := template.Values{}
	for _, name := range names {
		if word := words[name]; word != nil {
			if text := word(subject); text != "" {
				values[name] = text
			}
		}
	}
	return values
}

// Tidy returns a text without the space that variables leave behind that stand for
// nothing: at the ends of lines, and more than one empty line.
func Tidy(text string) string {
	lines := strings.Split(text, "\n")
	for n := range lines {
		lines[n] = strings.TrimRight(lines[n], " \t")
	}
	lines = slices.CompactFunc(lines, func(a, b string) bool { return a == "" && b == "" })
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

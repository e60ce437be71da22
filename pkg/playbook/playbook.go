package playbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/calendar"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Playbook is what counts at one moment. It never changes and is safe for
// concurrent use.
type Playbook struct {
	effective  map[string][]*catalog.Resource // by kind
	builtIn    map[string][]*catalog.Resource // by kind
	byKey      map[string]*catalog.Resource   // configured before built in
	configured map[string]bool                // kinds
	policies   clock.Policies
}

// New returns the playbook of a catalog: of each kind the configured resources, in
// their order, or the built-in ones. Kinds of other things are passed over. The
// error means that this program was built from a wrong playbook.
func New(configured []*catalog.Resource) (*Playbook, error) {
	builtIn, err := catalog.BuiltIn()
	if err != nil {
		return nil, fmt.Errorf("make playbook: %w", err)
	}
	p := &Playbook{
		effective: map[string][]*catalog.Resource{}, byKey: map[string]*catalog.Resource{}, configured: map[string]bool{},
		builtIn: map[string][]*catalog.Resource{},
	}
	for _, r := range builtIn {
		p.byKey[r.Key()] = r
		p.builtIn[r.Kind] = append(p.builtIn[r.Kind], r)
	}
	for _, r := range configured {
		p.byKey[r.Key()] = r
		p.configured[r.Kind] = true
		p.effective[r.Kind] = append(p.effective[r.Kind], r)
	}
	for _, r := range builtIn {
		if !p.configured[r.Kind] {
			p.effective[r.Kind] = append(p.effective[r.Kind], r)
		}
	}
	p.compile()
	return p, nil
}

// Resources returns what counts of a kind. The caller must not change it.
func (p *Playbook) Resources(kind string) []*catalog.Resource { return p.effective[kind] }

// Configured reports whether the team has configured the kind; otherwise what is
// built in counts.
func (p *Playbook) Configured(kind string) bool { return p.configured[kind] }

// Find returns a resource that others refer to: a configured one, or else the
// built-in one of that name.
func (p *Playbook) Find(kind, name string) (*catalog.Resource, bool) {
	r, ok := p.byKey[kind+"/"+name]
	return r, ok
}

// Policies are the clocks that run.
func (p *Playbook) Policies() *clock.Policies { return &p.policies }

// compile prepares calendars and clocks.
func (p *Playbook) compile() {
	calendars := map[string]*calendar.Calendar{}
	find := func(name string) *calendar.Calendar {
		if c, known := calendars[name]; known {
			return c
		}
		var c *calendar.Calendar
		if r, ok := p.Find("calendar", name); ok {
			c, _ = calendar.Of(name, r.Spec.GetCalendar()) // checked before it was written
		}
		calendars[name] = c
		return c
	}
	policies := map[string]*clock.Policy{}
	for level := incident.Unknown; level <= incident.SEV3; level++ {
		s, ok := p.Severity(level)
		if !ok {
			continue
		}
		r, ok := p.Find("clock_policy", s.Spec.GetClocks())
		if !ok {
			continue
		}
		if policies[r.Name] == nil {
			policies[r.Name] = clock.NewPolicy(r.Name, r.Spec.GetClockPolicy(), find)
		}
		p.policies.BySeverity[level] = policies[r.Name]
	}
	for _, r := range p.lawful() {
		p.policies.Laws = append(p.policies.Laws, clock.NewLaw(r.Name, r.Spec.GetClockPolicy(), find))
	}
}

// lawful returns the clock policies that a law asks for, by name. Laws do not go
// away when a team configures rules of its own: the built-in ones that nothing of
// their name replaces stay.
func (p *Playbook) lawful() []*catalog.Resource {
	var laws []*catalog.Resource
	for _, r := range p.byKey {
		if r.Spec.GetClockPolicy().GetRegulation() != nil {
			laws = append(laws, r)
		}
	}
	slices.SortFunc(laws, func(a, b *catalog.Resource) int { return strings.Compare(a.Name, b.Name) })
	return laws
}

// Severity is a severity that somebody described.
type Severity struct {
	// Name is what people write.
	Name string
	// Spec says what it means.
	Spec *catalogv1.SeveritySpec
}

// Severity returns what a severity means. That of incident.Unknown is what an
// incident in triage counts as; without one that says so, SEV-2.
func (p *Playbook) Severity(level incident.Severity) (Severity, bool) {
	var second Severity
	found := false
	for _, r := range p.effective["severity"] {
		s := r.Spec.GetSeverity()
		if level.Known() && incident.Severity(s.GetSeverity()) == level || !level.Known() && s.GetCountsInTriage() {
			return Severity{Name: r.Name, Spec: s}, true
		}
		if !level.Known() && incident.Severity(s.GetSeverity()) == incident.SEV2 {
			second, found = Severity{Name: r.Name, Spec: s}, true
		}
	}
	return second, found
}

// Severities returns all, the worst first.
func (p *Playbook) Severities() []Severity {
	var all []Severity
	for level := incident.SEV1; level <= incident.SEV3; level++ {
		if s, ok := p.Severity(level); ok {
			all = append(all, s)
		}
	}
	return all
}

package statuspage

import (
	"slices"
	"strings"
	"time"
)

// Trouble is what a page says of what somebody depends on. Its zero value is none.
type Trouble struct {
	// Status is that of the worst component; Operational when only an incident says
	// that something is wrong.
	Status Status
	// Components are the names of those that are not operational, in the page's order,
	// at most [MaxNamed].
	Components []string
	// More is how many there are beyond.
	More int
	// Incidents are the names of open incidents about it, at most [MaxNamed], and Link
	// leads to the first of them, or to the page.
	Incidents []string
	Link      string
	// Since is when it began, as far as the page says; zero when it does not.
	Since time.Time
}

// MaxNamed bounds how many components and incidents are named.
const MaxNamed = 5

// Any reports whether there is trouble.
func (t Trouble) Any() bool { return t.Status != Operational || len(t.Incidents) > 0 }

// Same reports whether two say the same of the same components, whatever the texts.
func (t Trouble) Same(o Trouble) bool {
	return t.Any() == o.Any() && t.Status == o.Status && t.More == o.More && slices.Equal(t.Components, o.Components)
}

// Words say it: "partial outage of Storage and API".
func (t Trouble) Words() string {
	if t.Status == Operational {
		return "an incident"
	}
	names := strings.Join(t.Components, ", ")
	if n := len(t.Components); n > 1 && t.More == 0 {
		names = strings.Join(t.Components[:n-1], ", ") + " and " + t.Components[n-1]
	}
	if t.More > 0 {
		names += " and others"
	}
	return t.Status.String() + " of " + names
}

// Of returns the trouble of some components, by name or id without regard to case; of
// none named, of all. An open incident counts when it names one of them that is not well,
// or when customers feel it and it names one of them, or when all count.
func (s Summary) Of(components []string) Trouble {
	watched := s.watched(components)
	t := Trouble{Link: s.Page.URL}
	var ill []string
	var said time.Time
	for _, c := range watched {
		if c.Status == Operational {
			continue
		}
		t.Status = max(t.Status, c.Status)
		ill = append(ill, c.ID)
		if len(t.Components) < MaxNamed {
			t.Components = append(t.Components, c.Name)
		} else {
			t.More++
		}
		if said.IsZero() || !c.Updated.IsZero() && c.Updated.Before(said) {
			said = c.Updated
		}
	}
	for _, i := range s.Incidents {
		if !i.concerns(watched, ill, len(components) == 0) {
			continue
		}
		if len(t.Incidents) == 0 && i.Link != "" {
			t.Link = i.Link
		}
		if len(t.Incidents) < MaxNamed {
			t.Incidents = append(t.Incidents, i.Name)
		}
		if t.Since.IsZero() || !i.Started.IsZero() && i.Started.Before(t.Since) {
			t.Since = i.Started
		}
	}
	if t.Since.IsZero() {
		t.Since = said
	}
	if !t.Any() {
		return Trouble{}
	}
	return t
}

func (s Summary) watched(components []string) []Component {
	if len(components) == 0 {
		return s.Components
	}
	var out []Component
	for _, c := range s.Components {
		if slices.ContainsFunc(components, func(name string) bool { return name == c.ID || strings.EqualFold(name, c.Name) }) {
			out = append(out, c)
		}
	}
	return out
}

// Missing returns those of the components that the page does not have.
func (s Summary) Missing(components []string) []string {
	var out []string
	for _, name := range components {
		if len(s.watched([]string{name})) == 0 {
			out = append(out, name)
		}
	}
	return out
}

func (i Incident) concerns(watched []Component, ill []string, all bool) bool {
	if slices.ContainsFunc(i.Components, func(id string) bool { return slices.Contains(ill, id) }) {
		return true
	}
	names := slices.ContainsFunc(i.Components, func(id string) bool {
		return slices.ContainsFunc(watched, func(c Component) bool { return c.ID == id })
	})
	return i.Serious && (names || all)
}

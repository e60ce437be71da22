package draft

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// Update is what whoever publishes wants customers to be told.
type Update struct {
	Status     incident.Status
	Title      string // public name; empty keeps the one before
	Components []incident.ComponentImpact
	NextUpdate time.Time // zero: not promised
	Pages      []string  // empty: all
}

// public is all that a text for customers may say.
type public struct {
	now, next      time.Time
	began, ended   time.Time
	title, pageURL string
	status         incident.Status
	components     []string
}

// publicWords says what a variable stands for in a text for customers.
func publicWords() map[string]func(*public) string {
	return map[string]func(*public) string{
		"headline":        func(p *public) string { return p.title },
		"components":      func(p *public) string { return strings.Join(p.components, ", ") },
		"public_status":   func(p *public) string { return statusWord(p.status) },
		"started_at":      func(p *public) string { return instant(p.began) },
		"ended_at":        func(p *public) string { return instant(p.ended) },
		"impact_duration": func(p *public) string { return between(p.began, p.ended, p.now) },
		"now":             func(p *public) string { return instant(p.now) },
		"next_update_at":  func(p *public) string { return instant(p.next) },
		"next_update_in":  func(p *public) string { return until(p.now, p.next) },
		"page_url":        func(p *public) string { return p.pageURL },
	}
}

// public gathers what may be said. Of a private incident that is what customers were
// told and what whoever publishes gives; of another one also when they suffered.
func (i *Incident) public(u Update) public {
	in := &i.View.Incident
	p := public{
		now: i.Now, next: u.NextUpdate, status: u.Status,
		title:      cmp.Or(u.Title, publicTitle(in)),
		components: i.componentNames(u.Components, u.Pages), pageURL: i.pageURL(u.Pages),
	}
	if !in.Private {
		p.began, p.ended = in.Window.Start, end(in)
	}
	return p
}

// publicTitle is the name by which customers know the incident; "" when they do not
// know one. An update without one shows the title of an incident that is not private.
func publicTitle(in *view.Incident) string {
	told := false
	for _, u := range slices.Backward(in.Updates) {
		if u.Retracted {
			continue
		}
		if u.Title != "" {
			return u.Title
		}
		told = true
	}
	if told && !in.Private {
		return in.Title
	}
	return ""
}

// end is when customers stopped to suffer, as far as somebody said so.
func end(in *view.Incident) time.Time {
	for _, t := range []time.Time{in.Window.End, in.MitigatedAt, in.ResolvedAt} {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// Told reports whether customers were told something that still stands.
func Told(in *view.Incident) bool {
	return slices.ContainsFunc(in.Updates, func(u view.PublicUpdate) bool { return !u.Retracted })
}

// Suffering proposes what customers are told of components: those that suffer, or,
// when all is over, that they work again. Of a private incident nothing is proposed.
func Suffering(in *view.Incident, status incident.Status) []incident.ComponentImpact {
	if in.Private {
		return nil
	}
	components := slices.Clone(in.Impact)
	for n := range components {
		if status == incident.StatusResolved {
			components[n].Status = incident.Operational
		}
	}
	return components
}

// componentNames are the names under which customers know components. One that the
// catalog does not describe, or that some of the pages do not show, has none.
func (i *Incident) componentNames(components []incident.ComponentImpact, pages []string) []string {
	shown := i.pages(pages)
	var names []string
	for _, c := range components {
		r, ok := i.component(c.Component)
		if !ok || slices.ContainsFunc(shown, func(page *catalog.Resource) bool { return !shows(page, r) }) {
			continue
		}
		if name := cmp.Or(r.Spec.GetComponent().GetDisplayName(), r.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// component finds one by its name, or by its public id as imported histories do.
func (i *Incident) component(name string) (*catalog.Resource, bool) {
	if r, ok := i.Catalog.Get("component", name); ok {
		return r, true
	}
	for _, r := range i.Catalog.List("component") {
		if id := r.Spec.GetComponent().GetPublicId(); id != "" && id == name {
			return r, true
		}
	}
	return nil, false
}

// pages are those that an update goes to.
func (i *Incident) pages(names []string) []*catalog.Resource {
	all := i.Catalog.List("status_page")
	if len(names) == 0 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(r *catalog.Resource) bool { return !slices.Contains(names, r.Name) })
}

// shows reports whether a component stands on a page.
func shows(page, component *catalog.Resource) bool {
	listed := page.Spec.GetStatusPage().GetComponents()
	return len(listed) == 0 || slices.Contains(listed, component.Name)
}

// pageURL is where the page is read, when there is one page that says so.
func (i *Incident) pageURL(names []string) string {
	if pages := i.pages(names); len(pages) == 1 {
		return pages[0].Spec.GetStatusPage().GetUrl()
	}
	return ""
}

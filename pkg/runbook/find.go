package runbook

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// Outcome says how an alert stands to its runbook.
type Outcome string

// The outcomes. Only the first is right.
const (
	// Linked: it leads to a runbook.
	Linked Outcome = "linked"
	// Dangling: it names one that is not there.
	Dangling Outcome = "dangling"
	// Placeholder: it says that somebody will write one.
	Placeholder Outcome = "placeholder"
	// Missing: it says nothing.
	Missing Outcome = "missing"
)

// Alert is what is known of an alert, or of a rule that makes alerts.
type Alert struct {
	// Name is its alertname.
	Name string
	// Labels and Annotations are those of the alert.
	Labels, Annotations map[string]string
	// Service is the name of the service concerned; empty: that in its label service.
	Service string
}

// Finding is what was found.
type Finding struct {
	Outcome Outcome
	// Link is what the alert says, or where the library leads; may be empty.
	Link string
	// Name is that of the runbook in the library; empty when it is none of these.
	Name string
}

// Entry is a runbook of the library.
type Entry struct {
	// Name is its own; URL is where it is kept, empty for one whose text is here.
	Name, URL string
	// Alerts are names of alerts that it is for; a trailing "*" stands for any rest.
	Alerts []string
}

// Service says which runbooks a service has.
type Service struct {
	// URL leads to its runbook; Runbooks are names of entries. Both may be empty.
	URL      string
	Runbooks []string
}

// Library is what there is to lead to.
type Library struct {
	// Entries are the runbooks, by name.
	Entries []Entry
	// Services by name: an alert that concerns one has its runbooks.
	Services map[string]Service
	// Pages are the ends of addresses that there are, for example "node/hostdown"; nil:
	// it is not known which there are, and every address counts. Upper and lower case
	// are the same.
	Pages []string
	// Base limits what is judged by Pages to addresses that begin so; empty: all are.
	Base string
}

// Find finds the runbook of an alert. What it says itself comes first: runbook_url or
// runbook, among annotations and then labels. What only promises one, or says nothing,
// is right all the same when the library has one for the alert's name or its service.
func (l *Library) Find(a Alert) Finding {
	said := saidBy(a)
	if said != "" && !promises(said) {
		return l.judge(said)
	}
	if f, ok := l.own(a); ok {
		return f
	}
	if said != "" {
		return Finding{Outcome: Placeholder, Link: said}
	}
	return Finding{Outcome: Missing}
}

// saidBy is what the alert says of its runbook; a link before a promise.
func saidBy(a Alert) string {
	promise := ""
	for _, pairs := range []map[string]string{a.Annotations, a.Labels} {
		for _, name := range []string{"runbook_url", "runbook"} {
			switch said := strings.TrimSpace(pairs[name]); {
			case said == "":
			case !promises(said):
				return said
			case promise == "":
				promise = said
			}
		}
	}
	return promise
}

// promises tells whether a text stands for a runbook that nobody has written.
func promises(said string) bool {
	word := strings.ToLower(strings.Trim(said, " .:<>[](){}\"'"))
	switch word {
	case "todo", "tbd", "tba", "fixme", "xxx", "n/a", "na", "none", "null", "-", "?", "placeholder", "changeme", "wip", "link", "url", "":
		return true
	}
	if u, err := url.Parse(said); err == nil && u.Host != "" {
		last := strings.ToLower(u.Path[strings.LastIndexByte(u.Path, '/')+1:])
		return last == "todo" || last == "tbd" || last == "fixme"
	}
	return strings.HasPrefix(word, "todo ") || strings.HasPrefix(word, "todo:") || strings.HasPrefix(word, "fixme")
}

// judge says whether what an alert names is there.
func (l *Library) judge(said string) Finding {
	if i := slices.IndexFunc(l.Entries, func(e Entry) bool { return e.Name == said || e.URL != "" && e.URL == said }); i >= 0 {
		return Finding{Outcome: Linked, Link: said, Name: l.Entries[i].Name}
	}
	u, err := url.Parse(said)
	web := err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
	templated := strings.Contains(said, "{{") // only known when it fires
	if !web && !templated {
		return Finding{Outcome: Dangling, Link: said}
	}
	if l.Pages == nil || templated || !strings.HasPrefix(said, l.Base) {
		return Finding{Outcome: Linked, Link: said}
	}
	path := strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), ".md"))
	for _, page := range l.Pages {
		if strings.HasSuffix(path, "/"+strings.ToLower(strings.Trim(page, "/"))) {
			return Finding{Outcome: Linked, Link: said}
		}
	}
	return Finding{Outcome: Dangling, Link: said}
}

// own finds what the library has for an alert.
func (l *Library) own(a Alert) (Finding, bool) {
	for _, e := range l.Entries {
		if slices.ContainsFunc(e.Alerts, func(pattern string) bool { return fits(pattern, a.Name) }) {
			return Finding{Outcome: Linked, Link: e.URL, Name: e.Name}, true
		}
	}
	s, ok := l.Services[cmp.Or(a.Service, a.Labels["service"])]
	switch {
	case !ok:
	case len(s.Runbooks) > 0:
		f := Finding{Outcome: Linked, Name: s.Runbooks[0]}
		if i := slices.IndexFunc(l.Entries, func(e Entry) bool { return e.Name == f.Name }); i >= 0 {
			f.Link = l.Entries[i].URL
		}
		return f, true
	case s.URL != "" && !promises(s.URL):
		return l.judge(s.URL), true
	}
	return Finding{}, false
}

func fits(pattern, name string) bool {
	if rest, ok := strings.CutSuffix(pattern, "*"); ok {
		return name != "" && strings.HasPrefix(name, rest)
	}
	return name != "" && pattern == name
}

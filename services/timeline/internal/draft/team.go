package draft

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// known is all that a text for the team may say.
type known struct {
	*Incident

	in      *view.Incident
	passing Passing
}

// teamWords says what a variable stands for in a text for the team.
func teamWords() map[string]func(*known) string {
	return map[string]func(*known) string{
		"headline":        func(k *known) string { return publicTitle(k.in) },
		"components":      (*known).components,
		"public_status":   (*known).publicStatus,
		"started_at":      func(k *known) string { return instant(k.in.Window.Start) },
		"ended_at":        func(k *known) string { return instant(end(k.in)) },
		"impact_duration": func(k *known) string { return between(k.in.Window.Start, end(k.in), k.Now) },
		"now":             func(k *known) string { return instant(k.Now) },
		"next_update_at":  func(k *known) string { return instant(promise(k.in)) },
		"next_update_in":  func(k *known) string { return until(k.Now, promise(k.in)) },
		"page_url":        func(k *known) string { return k.pageURL(nil) },

		"incident":      func(k *known) string { return "INC-" + strconv.FormatUint(k.in.Number, 10) },
		"title":         func(k *known) string { return cmp.Or(k.in.Title, "[redacted]") },
		"summary":       func(k *known) string { return k.in.Summary },
		"severity":      (*known).severity,
		"severity_name": (*known).severityName,
		"status":        func(k *known) string { return statusWord(k.in.Status) },
		"category":      func(k *known) string { return k.in.Category },
		"services":      func(k *known) string { return strings.Join(k.in.Services, ", ") },
		"blast_radius":  (*known).blastRadius,
		"trend":         (*known).trend,

		"commander":           func(k *known) string { return k.holder(incident.Commander) },
		"technical_lead":      func(k *known) string { return k.holder(incident.TechnicalLead) },
		"communications_lead": func(k *known) string { return k.holder(incident.CommunicationsLead) },
		"scribe":              func(k *known) string { return k.holder(incident.Scribe) },
		"role":                (*known).role,
		"from":                func(k *known) string { return k.holder(k.passing.Role) },
		"to":                  func(k *known) string { return k.person(k.passing.To) },

		"declared_at":     func(k *known) string { return instant(k.in.DeclaredAt) },
		"acknowledged_at": func(k *known) string { return instant(k.in.AcknowledgedAt) },
		"mitigated_at":    func(k *known) string { return instant(k.in.MitigatedAt) },
		"resolved_at":     func(k *known) string { return instant(k.in.ResolvedAt) },
		"duration":        func(k *known) string { return between(k.in.DeclaredAt, k.in.ResolvedAt, k.Now) },

		"cause":      (*known).cause,
		"remedy":     (*known).remedy,
		"hypotheses": (*known).hypotheses,
		"decisions":  (*known).decisions,
		"tasks":      (*known).tasks,
		"followups":  (*known).followUps,
		"timeline":   (*known).timeline,
	}
}

// person is somebody's name; "" for nobody.
func (k *known) person(p incident.PersonID) string {
	if p == "" {
		return ""
	}
	return k.Name(p)
}

func (k *known) holder(r incident.Role) string { return k.person(k.in.Holder(r)) }

func (k *known) role() string {
	if k.passing.Role == incident.RoleUnknown {
		return ""
	}
	return words(k.passing.Role.String())
}

func (k *known) severity() string {
	if k.in.Severity == incident.Unknown {
		return "in triage"
	}
	return k.in.Severity.String()
}

func (k *known) severityName() string {
	if s, ok := k.Book.Severity(k.in.Severity); ok && k.in.Severity != incident.Unknown {
		return cmp.Or(s.Spec.GetDisplayName(), s.Name)
	}
	return "not yet known"
}

func (k *known) components() string {
	var hit []string
	for _, c := range k.in.Impact {
		if c.Status == incident.Operational {
			continue
		}
		name := c.Component
		if r, ok := k.component(c.Component); ok {
			name = cmp.Or(r.Spec.GetComponent().GetDisplayName(), r.Name)
		}
		hit = append(hit, name)
	}
	return strings.Join(hit, ", ")
}

func (k *known) publicStatus() string {
	for _, u := range slices.Backward(k.in.Updates) {
		if !u.Retracted {
			return statusWord(u.Status)
		}
	}
	return ""
}

func (k *known) trend() string {
	for _, a := range slices.Backward(k.in.Assessments) {
		if !k.hidden(a.Entry) {
			return a.Trend.String()
		}
	}
	return ""
}

func (k *known) blastRadius() string {
	if len(k.in.BlastRadii) == 0 {
		return ""
	}
	b := k.in.BlastRadii[len(k.in.BlastRadii)-1]
	if k.hidden(b.Entry) {
		return ""
	}
	var hit []string
	for _, names := range [][]string{b.Services, b.Components, b.Regions, b.CustomerNames} {
		if len(names) > 0 {
			hit = append(hit, strings.Join(names, ", "))
		}
	}
	if b.Customers > 0 {
		hit = append(hit, strconv.FormatUint(b.Customers, 10)+" customers")
	}
	if b.Text != "" {
		hit = append(hit, oneLine(b.Text))
	}
	return strings.Join(hit, "; ")
}

// hidden tells whether an entry was hidden from the curated timeline.
func (k *known) hidden(entry uint64) bool {
	e := k.View.Entry(entry)
	return e != nil && e.Hidden
}

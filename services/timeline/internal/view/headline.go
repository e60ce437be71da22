package view

import (
	"strconv"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// mark encloses a person's id in a headline, markOther that of another incident. Ids
// hold no control characters.
const (
	mark      = "\x1f"
	markOther = "\x1e"
)

// maxListed bounds how many components a headline names.
const maxListed = 5

// Mark returns a person's id as headlines carry it.
func Mark(p incident.PersonID) string { return mark + string(p) + mark }

// MarkOther returns another incident's id as headlines carry it.
func MarkOther(id incident.ID) string { return markOther + string(id) + markOther }

// Name puts names into a headline: name is asked for the name of each person.
func Name(headline string, name func(incident.PersonID) string) string {
	return replaced(headline, mark, func(id string) string { return name(incident.PersonID(id)) })
}

// NameOthers puts names into a headline: name is asked for the name of each other
// incident.
func NameOthers(headline string, name func(incident.ID) string) string {
	return replaced(headline, markOther, func(id string) string { return name(incident.ID(id)) })
}

// replaced is a headline in which what stands between marks is replaced.
func replaced(headline, mark string, by func(string) string) string {
	if !strings.Contains(headline, mark) {
		return headline
	}
	parts := strings.Split(headline, mark)
	for i := 1; i < len(parts); i += 2 {
		parts[i] = by(parts[i])
	}
	return strings.Join(parts, "")
}

func headlineDeclared(e incident.Declared) string {
	var b strings.Builder
	switch {
	case e.Kind == incident.Maintenance:
		b.WriteString("Planned maintenance")
	case e.Severity == incident.Unknown:
		b.WriteString("Declared, severity not yet known")
	default:
		b.WriteString("Declared " + e.Severity.String())
	}
	switch e.Origin {
	case incident.OriginAlert:
		b.WriteString(" by an alert")
	case incident.OriginImport:
		b.WriteString(", imported")
	case incident.OriginUnknown, incident.OriginPerson:
	}
	if e.Drill {
		b.WriteString(" (drill)")
	}
	return b.String()
}

func headlinePublished(e incident.PublicUpdatePublished) string {
	word := strings.ReplaceAll(e.Status.String(), "_", " ")
	if e.Status == incident.StatusUnknown {
		word = strings.ReplaceAll(e.SourceStatus, "_", " ")
	}
	if word == "" {
		return "Told customers"
	}
	return "Told customers: " + word
}

func headlineComponents(components []incident.ComponentImpact) string {
	var b strings.Builder
	for i, c := range components {
		if i == maxListed {
			b.WriteString(" and " + strconv.Itoa(len(components)-i) + " more")
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.Component + " " + strings.ReplaceAll(c.Status.String(), "_", " "))
	}
	return b.String()
}

// roleTitle is the role's name at the beginning of a line.
func roleTitle(r incident.Role) string { return titled(r.String()) }

// titled makes words out of a name: "technical_lead" becomes "Technical lead".
func titled(name string) string {
	words := strings.ReplaceAll(strings.ReplaceAll(name, "_", " "), "-", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

package cli

import (
	"strings"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/resourcefile"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
)

// severityBlocks shows one severity.
func severityBlocks(v severityView) []output.Block {
	head := output.Line{severityCell(v.Severity), output.T(output.Strong, v.Name), output.P(v.Description)}
	var fields output.Fields
	for i, criterion := range v.Criteria {
		name := "when"
		if i > 0 {
			name = "or"
		}
		fields = append(fields, output.Field{Name: name, Value: output.P(criterion)})
	}
	fields = append(fields, output.Fields{
		{Name: "also written", Value: output.P(strings.Join(v.Aliases, ", "))},
		{Name: "paged", Value: output.P(pagedWords(v.Paging))},
		{Name: "told", Value: output.P(strings.Join(v.Paging.TellTeams, ", "))},
		{Name: "customers", Value: output.P(customersWords(v))},
	}...)
	for _, c := range v.Clocks {
		when := c.When
		if len(c.Statuses) > 0 {
			when += " while " + strings.Join(c.Statuses, ", ")
		}
		fields = append(fields, output.Field{Name: clockWords(c.Clock), Value: output.P(when)})
	}
	return []output.Block{head, fields}
}

// pagedWords says who is called, and how.
func pagedWords(p pagingView) string {
	who := append([]string{}, p.Teams...)
	if p.ServiceOwners {
		who = append([]string{"the owners of the services concerned"}, who...)
	}
	switch {
	case len(who) == 0 || p.Urgency == "none":
		return "nobody"
	case p.Urgency == "low":
		return strings.Join(who, ", ") + ", in working hours"
	}
	return strings.Join(who, ", ") + ", at any hour"
}

func customersWords(v severityView) string {
	if v.Public {
		return "are told"
	}
	return "need not be told"
}

// clockWords says a clock for people.
func clockWords(name string) string {
	for _, k := range clock.Kinds() {
		if k.String() == name {
			return k.Words()
		}
	}
	return name
}

// wordOf is a field of a resource as documents spell it.
func wordOf(r *catalog.Resource, field string) string {
	word, _ := resourcefile.Format(r.Proto()).Spec[field].(string)
	return word
}

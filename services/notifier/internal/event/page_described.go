package event

import (
	"maps"
	"slices"

	"github.com/bridgelog/bridgelog/pkg/page"
)

// pageCatalogue describes each type of event of a page.
func pageCatalogue() map[string]described {
	who := []field{
		text("person_id", "Id of the person."), number("way", "Number of the way among those of the person."), number("attempt", "Counts the attempts by this way, from 1; 0 when none was made."),
	}
	wrong := append(slices.Clip(who), text("reason", "What went wrong, as a word."), text("problem", "What went wrong, in a sentence."))
	when := func(name, description string) field {
		return field{name: name, description: description, schema: object{"type": "string", "format": "date-time"}}
	}
	return map[string]described{
		page.TypeRequested:    {"People are called because of an alert.", []field{number("catalog_revision", "Revision of the catalog that says whom.")}},
		page.TypeAttempted:    {"A way to tell a person did not work yet and is tried again.", wrong},
		page.TypeDelivered:    {"What carries a way took the page; that the person saw it is not known.", who},
		page.TypeFailed:       {"A way to tell a person was given up.", wrong},
		page.TypeAcknowledged: {"Somebody takes care of the alert.", []field{text("by", "Id of the person or machine."), when("acknowledged_at", "When.")}},
		page.TypeEnded:        {"The alert is over.", []field{when("ended_at", "When, by the sender's clock.")}},
	}
}

// pagesData is the schema of data for an event of a page.
func pagesData(own []field) object {
	word := func(description string) object { return object{"type": "string", "description": description} }
	whole := object{"type": "integer"}
	event := shaped(own)
	way := shape(object{"number": whole, "type": word("For example email."), "integration": word("What carries it; empty: nothing does."), "problem": word("Why it cannot be used; empty: it can.")})
	person := shape(object{"person_id": word("Id of the person."), "ways": object{"type": "array", "items": way}})
	return shape(object{
		"page": shape(object{
			"id": word("Id of the page."), "route": word("The route that pages."), "urgency": word("low or high."), "severity": word("The severity that the route gives."),
			"team": word("The team that is called; empty: there was none."), "service": word("The service concerned; empty: it is not known."),
			"not_before": instant("Nobody is to be disturbed before."), "recipients": object{"type": "array", "items": person},
			"problem": word("Why nobody is called; empty: somebody is."),
		}),
		"alert": shape(object{
			"id": word("Id of the alert."), "source": word("The door."), "title": word("What it says."), "url": word("Where it came from."),
			"labels": object{"type": "object", "additionalProperties": object{"type": "string"}, "description": "Labels as sent, as many as there is room for."},
		}),
		"incident": object{
			"description": "The incident that the alert has by now.",
			"anyOf":       []object{{"type": "null"}, shape(object{"id": word("Its id."), "name": word("For example INC-41.")})},
		},
		"entry": object{"type": "integer", "description": "Number of the event in its page."}, "occurred_at": instant("When it happened."),
		"recorded_at": instant("When it was written down."), "event": event,
	})
}

// shape is an object all of whose fields are there.
func shape(properties object) object {
	required := make([]string, 0, len(properties))
	for name := range properties {
		required = append(required, name)
	}
	slices.Sort(required)
	return object{"type": "object", "properties": properties, "required": required}
}

// shaped is the same for described fields.
func shaped(all []field) object {
	properties := object{}
	for _, f := range all {
		s := maps.Clone(f.schema)
		s["description"] = f.description
		properties[f.name] = s
	}
	return shape(properties)
}

package event

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/page"
)

// Type is a type of event that is sent.
type Type struct {
	// Name is how webhooks filter by it; with [TypePrefix] it is the type in a body.
	Name string
	// Description says in one sentence what it means.
	Description string
	// Schema is the JSON Schema (2020-12) of the whole body.
	Schema json.RawMessage
}

// Types returns every type of event that is sent: those of incidents in the order
// in which they were added, those of pages, then the notifier's own.
func Types() ([]Type, error) {
	var out []Type
	for _, name := range incident.Types() {
		t, ok := catalogue()[name]
		if !ok {
			return nil, fmt.Errorf("catalogue of events: %s is not described", name)
		}
		schema, err := t.schema(name, incidentData(t.fields))
		if err != nil {
			return nil, err
		}
		out = append(out, Type{Name: name, Description: t.description, Schema: schema})
	}
	pages := pageCatalogue()
	for _, name := range page.Types() {
		t := pages[name]
		schema, err := t.schema(name, pagesData(t.fields))
		if err != nil {
			return nil, err
		}
		out = append(out, Type{Name: name, Description: t.description, Schema: schema})
	}
	for _, own := range []struct {
		name string
		described
	}{
		{TypeTest, described{description: "Somebody tests the webhook; nothing happened."}},
		{TypeDisabled, described{description: "A webhook gets nothing more, because it failed for days or answered 410."}},
	} {
		schema, err := own.schema(own.name, ownDataSchema())
		if err != nil {
			return nil, err
		}
		out = append(out, Type{Name: own.name, Description: own.description, Schema: schema})
	}
	return out, nil
}

// described is what the catalogue says of a type.
type described struct {
	description string
	// fields are those of data.event.
	fields []field
}

// field is one field of data.event.
type field struct {
	name, description string
	schema            object
	// optional: it may be absent.
	optional bool
}

type object = map[string]any

// schema wraps the schema of data into that of the body.
func (d described) schema(name string, data object) (json.RawMessage, error) {
	text := object{"type": "string"}
	body := object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:bridgelog:event:" + name,
		"title": TypePrefix + name, "description": d.description, "type": "object",
		"required": []string{"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"},
		"properties": object{
			"specversion": object{"const": "1.0"}, "id": object{"type": "string", "minLength": 1, "description": "Id of the event; the same for every receiver."},
			"source": object{"type": "string", "description": "URI reference of the installation."}, "type": object{"const": TypePrefix + name},
			"subject": object{"type": "string", "description": "What it is about, for example INC-41."}, "time": instant("When it happened."),
			"datacontenttype": object{"const": "application/json"}, "traceparent": text, "data": data,
		},
	}
	out, err := json.MarshalIndent(body, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", name, err)
	}
	return out, nil
}

// incidentData is the schema of data for an event of an incident.
func incidentData(fields []field) object {
	properties, required := object{}, []string{}
	for _, f := range fields {
		s := maps.Clone(f.schema)
		s["description"] = f.description
		properties[f.name] = s
		if !f.optional {
			required = append(required, f.name)
		}
	}
	person := object{"type": "object", "required": []string{"id"}, "properties": object{"id": object{"type": "string"}, "name": object{"type": "string"}}}
	return object{
		"type": "object", "required": []string{"incident", "entry", "occurred_at", "recorded_at", "actor", "event"},
		"properties": object{
			"incident": object{
				"type": "object", "description": "The incident right after the event.",
				"required": []string{"id", "name", "number", "title", "severity", "status", "services", "commander", "private"},
				"properties": object{
					"id": object{"type": "string"}, "name": object{"type": "string"}, "number": object{"type": "integer"}, "title": object{"type": "string"},
					"severity": object{"type": "string"}, "status": object{"type": "string"}, "services": words(),
					"commander": object{"anyOf": []object{{"type": "null"}, person}}, "private": object{"type": "boolean"},
				},
			},
			"entry":       object{"type": "integer", "description": "Number of the event in its incident."},
			"occurred_at": instant("When it happened."), "recorded_at": instant("When it was written down."), "actor": person,
			"redacted": object{"type": "boolean", "description": "True when what people wrote was redacted."},
			// A redacted event keeps its facts and loses its texts.
			"event": object{"type": "object", "properties": properties, "required": required},
		},
	}
}

func ownDataSchema() object {
	text := object{"type": "string"}
	return object{
		"type": "object", "required": []string{"webhook", "message"},
		"properties": object{
			"webhook":     object{"type": "object", "required": []string{"id", "name"}, "properties": object{"id": text, "name": text}},
			"reason_code": text, "reason": text, "message": text,
		},
	}
}

func instant(description string) object {
	return object{"type": "string", "format": "date-time", "description": description}
}

func words() object { return object{"type": "array", "items": object{"type": "string"}} }

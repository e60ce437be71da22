package event

import (
	"maps"
	"slices"
)

// Kinds of fields.
func text(name, description string) field {
	return field{name: name, description: description, schema: object{"type": "string"}}
}

func truth(name, description string) field {
	return field{name: name, description: description, schema: object{"type": "boolean"}}
}

func number(name, description string) field {
	return field{name: name, description: description, schema: object{"type": "integer"}}
}

func entryNumber() field {
	return field{name: "entry", description: "Number of the entry.", schema: object{"type": "integer"}}
}

func list(name, description string) field {
	return field{name: name, description: description, schema: words()}
}

func impacts(name string) field {
	return field{name: name, description: "Components and how they do.", schema: object{"type": "array", "items": object{
		"type": "object", "required": []string{"component", "status"},
		"properties": object{"component": object{"type": "string"}, "status": object{"type": "string"}},
	}}}
}

func maybe(f field) field {
	f.optional = true
	return f
}

// catalogue describes each type of event of an incident: what it means and the
// fields of data.event.
func catalogue() map[string]described {
	from, to := text("from", "Before."), text("to", "After.")
	reason := text("reason", "Why.")
	run := []field{
		text("clock", "What has to happen, for example internal_update."), text("subject", "Role, task, follow-up or report of a law; empty where there is only one."),
		number("start", "Number of the entry with which the clock began."),
		{name: "due_time", description: "The last time that counts.", schema: object{"type": "string", "format": "date-time"}},
		text("policy", "Name of the clock policy."), number("policy_revision", "Revision of the policy; 0 for a built-in one."),
	}
	all := map[string]described{
		"incident.declared": {"An incident was declared.", []field{
			text("title", "What is wrong."), text("summary", "More about it."), text("severity", "Severity."), text("status", "Status."),
			text("origin", "Who or what declared it: person, alert or import."), list("services", "Services concerned."),
			text("alert_id", "The alert that declared it; empty for none."), text("kind", "Incident or maintenance."),
			text("category", "Kind of cause; empty when it was not known."),
		}},
		"incident.acknowledged":     {"Somebody acknowledged the incident and owns it.", []field{text("reason", "What they are about to do; empty when they did not say.")}},
		"incident.severity_changed": {"The severity changed.", []field{from, to, reason}},
		"incident.status_changed":   {"The status changed.", []field{from, to, reason}},
		"incident.mitigated":        {"Customers suffer no longer.", []field{text("summary", "What was done.")}},
		"incident.resolved": {"The incident is over.", []field{
			from, truth("automatic", "True when its alerts ended by themselves."), text("summary", "What was done."),
		}},
		"incident.reopened":         {"The incident is not over after all.", []field{from, reason}},
		"incident.closed":           {"Nothing is left to do.", []field{reason}},
		"incident.cancelled":        {"It was a false alarm.", []field{from, reason}},
		"incident.merged":           {"It is part of another incident.", []field{text("into", "Id of the other incident."), reason}},
		"incident.role_assigned":    {"Somebody took a role.", []field{text("role", "Role."), text("person", "Id of the person."), text("previous", "Id of who had it; empty for nobody.")}},
		"incident.role_handed_over": {"A role was handed over.", []field{text("role", "Role."), text("from", "Id of who had it."), text("to", "Id of who has it."), text("summary", "What they were told.")}},
		"incident.role_released":    {"Somebody gave a role back.", []field{text("role", "Role."), text("person", "Id of the person.")}},
		"incident.update_posted":    {"An internal update.", []field{text("text", "Markdown."), text("author", "Name of the author of an import; empty otherwise.")}},
		"incident.note_added":       {"A note.", []field{text("text", "Markdown."), text("label", "Kind of note."), text("author", "Name of the author of an import; empty otherwise.")}},
		"incident.impact_changed":   {"Components do better or worse.", []field{impacts("components")}},
		"incident.public_update_published": {"Customers were told something.", []field{
			text("update_id", "Id of the update."), list("pages", "Pages it is on; empty: all."), text("status", "Status that customers read."), text("message", "What they read."),
			text("title", "Title that they read."), impacts("components"), text("impact", "Impact that they read."),
			maybe(field{name: "next_update_time", description: "When the next update is due.", schema: object{"type": "string", "format": "date-time"}}),
		}},
		"incident.public_update_retracted": {"A public update was taken back.", []field{text("update_id", "Id of the update."), reason}},
		"incident.entry_edited":            {"An entry reads differently now.", []field{entryNumber(), text("text", "Markdown."), reason}},
		"incident.entry_pinned":            {"An entry was pinned, or is not any more.", []field{entryNumber(), truth("pinned", "Pinned.")}},
		"incident.entry_hidden":            {"An entry was hidden, or is shown again.", []field{entryNumber(), truth("hidden", "Hidden."), reason}},
		"incident.entry_redacted":          {"What an entry said is gone.", []field{entryNumber(), text("reason_code", "Why, in one word."), reason}},
		"incident.alert_linked": {"An alert belongs to the incident.", []field{
			text("alert_id", "Id of the alert."), text("fingerprint", "The sender's key of it."), text("source", "The door it came through."),
			text("title", "What it says."), text("url", "Where it came from."),
		}},
		"incident.clock_warned":   {"Little time is left to do something.", run},
		"incident.clock_breached": {"The time to do something is over.", run},
		"incident.clock_met": {"What had to happen by a time has happened.", append(slices.Clip(run),
			truth("late", "True when it happened after the time was over."))},
		"incident.legal_event_recorded": {"Something happened that a law knows; no legal advice.", []field{
			text("regime", "The law: name of its clock policy."), text("event", "What happened: aware, classified, material, submitted and others."),
			text("report", "Which report; empty for none."), text("note", "Why, or where it is filed."),
		}},
		"incident.command_executed": {"Somebody ran a command.", []field{
			text("command", "The command line."), number("exit_code", "How it ended, as a shell sees it."),
			{name: "duration_seconds", description: "How long it took.", schema: object{"type": "number"}},
			text("output", "What it printed, without secrets that were noticed."), truth("truncated", "True when output was left out."),
			number("redactions", "How many secrets were taken out."),
		}},
	}
	maps.Copy(all, workCatalogue())
	maps.Copy(all, investigation())
	return all
}

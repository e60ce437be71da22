package event

// workCatalogue describes the events of work on an incident and of what comes after
// it.
func workCatalogue() map[string]described {
	task, followUp := count("task", "Number of the task: 1 for T1."), count("follow_up", "Number of the follow-up: 1 for F1.")
	owner := text("owner", "Id of who does it; empty for nobody yet.")
	purpose, priority := text("type", "What it is good for: prevent, mitigate, detect, process or unknown."), text("priority", "How soon: high, medium, low or unknown.")
	outcome, note := text("outcome", "How it ended: done or dropped."), text("note", "Markdown.")
	due := maybe(field{name: "due_time", description: "By when it has to be done.", schema: object{"type": "string", "format": "date-time"}})
	tracker := text("tracker", "Link to it in the team's tracker.")
	checklist, person := text("checklist", "Name of the checklist."), text("person", "Id of the person.")
	return map[string]described{
		"incident.task_added":    {"There is one more task.", []field{task, text("text", "What to do. Markdown."), owner, due}},
		"incident.task_assigned": {"A task has another owner or another time.", []field{task, owner, text("previous", "Id of who had it; empty for nobody."), due}},
		"incident.task_ended":    {"A task was done or given up.", []field{task, outcome, note}},
		"incident.follow_up_added": {"There is one more follow-up.", []field{
			followUp, text("text", "What to do. Markdown."), owner, purpose, priority, due, tracker,
		}},
		"incident.follow_up_revised": {"A follow-up stands differently now.", []field{
			followUp, owner, purpose, priority, due, truth("linked", "True when the link was given anew."), tracker,
		}},
		"incident.follow_up_ended": {"A follow-up was done or given up.", []field{followUp, outcome, note}},
		"incident.review_scheduled": {"The same kind of cause came again: its incidents are to be reviewed together.", []field{
			followUp, text("text", "What the follow-up says."), text("category", "The kind of cause."),
			count("earlier", "How many earlier incidents there were, at most 20."), count("window_seconds", "Within which time they happened, in seconds."), due,
		}},
		"incident.checklist_started": {"A checklist of the playbook was taken up.", []field{
			checklist, count("revision", "Revision of the playbook's text; 0 for a built-in one."), text("title", "Its title."), checklistItems(),
		}},
		"incident.checklist_item_ticked": {"A line of a checklist is done, or is not after all.", []field{
			checklist, text("item", "Id of the line."), truth("ticked", "True when it is done."), note,
		}},
		"incident.stability_confirmed":      {"Somebody has looked and the service is stable.", []field{note}},
		"incident.debrief_added":            {"What the talk right after the incident gave.", []field{text("text", "Markdown.")}},
		"incident.postmortem_assigned":      {"Somebody was asked to write the post-mortem.", []field{text("owner", "Id of who writes it."), text("previous", "Id of who did before; empty for nobody.")}},
		"incident.postmortem_state_changed": {"The post-mortem moved on, or back for more work.", []field{text("from", "Before."), text("to", "After: draft, in_review, published or closed.")}},
		"incident.visibility_changed":       {"The incident is private from now on, or is not any more.", []field{truth("private", "True when only its members may see it."), text("reason", "Why.")}},
		"incident.member_added":             {"A person may see the incident when it is private.", []field{person}},
		"incident.member_removed":           {"A person may not see the incident any more when it is private.", []field{person}},
	}
}

func checklistItems() field {
	return field{name: "items", description: "Its lines.", schema: object{"type": "array", "items": object{
		"type": "object", "required": []string{"item", "text"},
		"properties": object{"item": object{"type": "string"}, "text": object{"type": "string"}},
	}}}
}

func count(name, description string) field {
	return field{name: name, description: description, schema: object{"type": "integer"}}
}

package template

import "slices"

// Audience is who reads a text.
type Audience int

const (
	// Team is whoever works on the incident.
	Team Audience = iota
	// Customers read only what is public.
	Customers
	// Reviewers read the post-mortem: all that the team reads, and what only the whole
	// document holds.
	Reviewers
)

// Variable is one that texts may use.
type Variable struct {
	// Name stands between the braces.
	Name string
	// Meaning says what it stands for.
	Meaning string
	// Example is what a preview shows.
	Example string
	// Public is true when customers may read it.
	Public bool
	// Given is true when only whoever writes can say it: the log does not know it.
	Given bool
	// Document is true when only post-mortems may use it.
	Document bool
}

// InDocument says what it stands for in a post-mortem where that is more than
// elsewhere; "" where it is not.
func (v Variable) InDocument() string {
	switch v.Name {
	case "impact":
		return "what was hit and how far it reached"
	case "hypotheses":
		return "with their tests and reasons"
	case "decisions":
		return "with options and checks"
	case "tasks":
		return "all, as a table"
	case "followups":
		return "as a table"
	case "timeline":
		return "by days, with whole texts"
	}
	return ""
}

// For says who may read it: "everybody", "team" or "post-mortem".
func (v Variable) For() string {
	switch {
	case v.Public:
		return "everybody"
	case v.Document:
		return "post-mortem"
	}
	return "team"
}

// allowed reports whether texts for an audience may use it.
func (v Variable) allowed(a Audience) bool {
	switch a {
	case Customers:
		return v.Public
	case Reviewers:
		return true
	case Team:
	}
	return !v.Document
}

// Variables returns all there are, in the order of the documentation.
func Variables() []Variable {
	return slices.Concat(publicVariables(), teamVariables(), documentVariables())
}

// publicVariables say nothing that is not meant for customers.
func publicVariables() []Variable {
	return []Variable{
		{"headline", "the incident's name for customers", "Payments fail at checkout", true, false, false},
		{"message", "what whoever writes wants to say", "We have found the cause and are rolling back a change.", true, true, false},
		{"impact", "what customers notice, as whoever publishes writes it", "About one payment in three is declined.", true, true, false},
		{"workaround", "what customers can do meanwhile", "Paying by invoice works.", true, true, false},
		{"components", "the components that it is about, as the status page calls them", "Checkout, API", true, false, false},
		{"public_status", "the status on the page", "identified", true, false, false},
		{"started_at", "when customers began to notice", "2026-11-24 09:58 UTC", true, false, false},
		{"ended_at", "when customers stopped noticing", "2026-11-24 10:44 UTC", true, false, false},
		{"impact_duration", "how long customers noticed", "46 minutes", true, false, false},
		{"now", "the present", "2026-11-24 10:14 UTC", true, false, false},
		{"next_update_at", "when the next update is promised", "2026-11-24 10:44 UTC", true, false, false},
		{"next_update_in", "how long that is from now", "30 minutes", true, false, false},
		{"page_url", "the address of the status page, where there is one", "https://status.example.org", true, false, false},
		{"support", "how to reach support", "support@example.org", true, true, false},
	}
}

// teamVariables are what the log knows of an incident.
func teamVariables() []Variable {
	return []Variable{
		{"incident", "the incident's name", "INC-41", false, false, false},
		{"title", "the incident's title", "Checkout returns 502", false, false, false},
		{"summary", "what it is about, in a few sentences", "The pool of the payments database is exhausted.", false, false, false},
		{"severity", "the severity", "SEV-1", false, false, false},
		{"severity_name", "the severity's name for people", "critical", false, false, false},
		{"status", "the status", "identified", false, false, false},
		{"category", "the category", "change", false, false, false},
		{"services", "the services concerned", "checkout, payments-db", false, false, false},
		{"blast_radius", "who and what is touched", "checkout in eu-west; all customers who pay by card", false, false, false},
		{"trend", "whether it gets worse", "stable", false, false, false},
		{"commander", "who commands", "Ada Lovelace", false, false, false},
		{"technical_lead", "who leads the investigation", "Grace Hopper", false, false, false},
		{"communications_lead", "who speaks to customers", "Edith Clarke", false, false, false},
		{"scribe", "who writes it down", "Mary Somerville", false, false, false},
		{"role", "the role that is handed over", "commander", false, false, false},
		{"from", "whoever hands over", "Ada Lovelace", false, false, false},
		{"to", "whoever takes over", "Grace Hopper", false, false, false},
		{"declared_at", "when it was declared", "2026-11-24 10:02 UTC", false, false, false},
		{"acknowledged_at", "when somebody acknowledged it", "2026-11-24 10:04 UTC", false, false, false},
		{"mitigated_at", "when customers were no longer hurt", "2026-11-24 10:38 UTC", false, false, false},
		{"resolved_at", "when it was resolved", "2026-11-24 10:44 UTC", false, false, false},
		{"duration", "from the declaration until it was resolved, or until now", "42 minutes", false, false, false},
		{"what_we_know", "what is known, as whoever writes puts it", "Errors began with release 412.", false, true, false},
		{"what_we_do", "what is being done", "Rolling back release 412; back in 10 minutes.", false, true, false},
		{"needs", "what help is wanted", "somebody who knows the payments database", false, true, false},
		{"cause", "the cause: the hypotheses that were confirmed", "A change of the pool's size.", false, false, false},
		{"remedy", "what ended it, as it was said when it was mitigated or resolved", "The release was rolled back.", false, false, false},
		{"hypotheses", "the hypotheses and how they stand, a line each", "- H1 pool exhausted: confirmed\n- H2 bad network card: eliminated", false, false, false},
		{"decisions", "the decisions and their reasons, a line each", "- 10:31 roll back: release 412 is the only change", false, false, false},
		{"tasks", "the open tasks, a line each", "- Grace: raise the pool's limit, by 10:50", false, false, false},
		{"followups", "the follow-ups, a line each", "- alert on the pool's use (Ada, by 2026-12-01)", false, false, false},
		{"timeline", "the timeline, a line each", "- 10:02 declared by Ada\n- 10:31 decided to roll back", false, false, false},
		{"changes", "what changed shortly before", "- 09:55 release 412 of checkout", false, true, false},
		{"link", "the address of the incident", "https://bridgelog.example.org/incidents/41", false, true, false},
	}
}

// documentVariables are sections that only post-mortems have.
func documentVariables() []Variable {
	return []Variable{
		{"about", "what the document is: from which revision of the log and of which moment, whether it was a drill, whether it is private", "Drafted from the log, revision 31, last entry written 2026-11-24 10:44:12. All times are UTC.", false, false, true},
		{"facts", "severity, status, services, milestones and how long each took, as a table", "| | |\n|---|---|\n| Severity | SEV-1 |\n| Declared | 2026-11-24 10:02:00 by Ada Lovelace |\n| Resolved | 2026-11-24 10:44:12, 42 min 12 s after the first entry |", false, false, true},
		{"people", "who held which role, and who is on the timeline", "| Role | Held by | Since |\n|---|---|---|\n| commander | Ada Lovelace | 2026-11-24 10:03:10 |\n\nOn the timeline: Ada Lovelace, Grace Hopper.", false, false, true},
		{"checks", "what was measured, run by run, and what became of what it proposed", "Proposed by the system from what it measured: nothing of it counts until a person says so.\n\n**At the declaration**, looking at 2026-11-24 08:32:00 to 2026-11-24 10:02:00:\n\n| Entry | Service | Metric | Now | Verdict |\n|---|---|---|---|---|\n| #2 | checkout | errors | 9 | unusual |", false, false, true},
		{"suspects", "what may have caused it, with the reasons, as the system proposes it", "Proposed by the system from what was changed between 2026-11-23 10:02:00 and the declaration at 2026-11-24 10:02:00; the weight orders, and is no probability.\n\n| Weight | When | What | Why |\n|---|---|---|---|\n| 83 | 2026-11-24 09:55:00 | deployment of checkout: Release 412, failed | failed |", false, false, true},
		{"checklists", "the checklists that were taken up, and what was ticked", "**The first minutes**\n\n- [x] Somebody owns it · Ada Lovelace, 2026-11-24 10:04:00\n- [ ] Somebody writes it down", false, false, true},
		{"debriefs", "what the debriefs gave", "Ada Lovelace, 2026-11-24 11:20:00:\n\n> The alert came early; finding the release took long.", false, false, true},
		{"customer_updates", "what customers were told, and when", "- **2026-11-24 10:12:00** investigating, next update promised for 2026-11-24 10:42:00\n\n  > We are looking into failing payments.", false, false, true},
	}
}

// Find returns a variable by its name.
func Find(name string) (Variable, bool) {
	for _, v := range Variables() {
		if v.Name == name {
			return v, true
		}
	}
	return Variable{}, false
}

package incident

// Event is one thing that happened to an incident. The set is closed; consumers
// that must handle all of it implement [Visitor].
//
//sumtype:decl
type Event interface {
	// Type returns the stable name that envelopes carry, for example
	// "incident.severity_changed".
	Type() string
	// Accept calls the one method of v that belongs to this event.
	Accept(v Visitor)

	// traits says what can be done with the event as an entry of the timeline.
	traits() traits
	// evolve folds the event into s. It must not fail, whatever s is, and must
	// not change what other holders of s can see.
	evolve(s State, m Meta) State
}

// traits are the properties of an event that rules about entries ask for.
type traits uint8

const (
	// ignorable: a reader that does not know the type may pass over it, since it
	// changes neither rights nor what the rules of commands that it knows ask for.
	ignorable traits = 1 << iota
	// content: people or machines wrote something that can be redacted.
	content
	// editable: people wrote its text and may correct it.
	editable
	// public: its text is read by customers.
	public
	// curation: it is about another entry and is no entry of its own.
	curation
	// machine: it does not count as somebody having touched the incident.
	machine
)

func (t traits) has(f traits) bool { return t&f != 0 }

// when returns t if cond holds, else nothing.
func (t traits) when(cond bool) traits {
	if cond {
		return t
	}
	return 0
}

// Ignorable reports whether a reader that does not know this type of event may
// pass over it. The envelope carries the mark.
func Ignorable(e Event) bool { return e.traits().has(ignorable) }

// HasContent reports whether the event carries text that people wrote or a
// machine sent, and which a redaction could take away.
func HasContent(e Event) bool { return e.traits().has(content) }

// known lists every event once, as its zero value. A test compares it with
// Visitor, so neither can be forgotten.
func known() []Event {
	return []Event{
		Declared{},
		Acknowledged{},
		SeverityChanged{},
		StatusChanged{},
		Mitigated{},
		Resolved{},
		Reopened{},
		Closed{},
		Cancelled{},
		Merged{},
		RoleAssigned{},
		RoleHandedOver{},
		RoleReleased{},
		UpdatePosted{},
		NoteAdded{},
		ImpactChanged{},
		PublicUpdatePublished{},
		PublicUpdateRetracted{},
		EntryEdited{},
		EntryPinned{},
		EntryHidden{},
		EntryRedacted{},
		AlertLinked{},
		// Work and aftermath.
		TaskAdded{},
		TaskAssigned{},
		TaskEnded{},
		FollowUpAdded{},
		FollowUpRevised{},
		FollowUpEnded{},
		ChecklistStarted{},
		ChecklistItemTicked{},
		StabilityConfirmed{},
		DebriefAdded{},
		PostmortemAssigned{},
		PostmortemStateChanged{},
		VisibilityChanged{},
		MemberAdded{},
		MemberRemoved{},
		ReviewScheduled{},

		// Investigation.
		HypothesisAdded{},
		HypothesisTested{},
		HypothesisConfirmed{},
		HypothesisEliminated{},
		HypothesisReopened{},
		Assessed{},
		DecisionMade{},
		ImpactStarted{},
		ImpactEnded{},
		BlastRadiusChanged{},
		CategoryChanged{},
		Related{},
		Unrelated{},

		// Clocks, laws and commands that people ran.
		ClockWarned{},
		ClockBreached{},
		ClockMet{},
		LegalEventRecorded{},
		CommandExecuted{},
		CheckRecorded{},
	}
}

// Types returns the names of all event types that this version knows, in the
// order in which they were added.
func Types() []string {
	events := known()
	types := make([]string, len(events))
	for i, e := range events {
		types[i] = e.Type()
	}
	return types
}

package clock

// Kind is what has to happen. The numbers are those of catalog.v1.Clock, and Legal.
type Kind uint8

// The clocks.
const (
	Acknowledge    Kind = iota + 1 // somebody acknowledges the incident
	FirstExternal                  // customers are told for the first time
	InternalUpdate                 // the team is told how things stand
	ExternalUpdate                 // customers are told how things stand
	PromisedUpdate                 // what a public update promised
	RoleTooLong                    // somebody else takes a role
	Debrief                        // the talk after the incident is held
	Postmortem                     // the post-mortem is published
	FollowUp                       // a follow-up is done
	Task                           // a task is done
	Legal                          // a report that a law asks for is submitted
)

const kindCount = int(Legal) + 1

// Kinds returns every clock.
func Kinds() []Kind {
	var all []Kind
	for k := Acknowledge; k <= Legal; k++ {
		all = append(all, k)
	}
	return all
}

// String returns the name in documents, for example "internal_update".
func (k Kind) String() string {
	switch k {
	case Acknowledge:
		return "acknowledge"
	case FirstExternal:
		return "first_external"
	case InternalUpdate:
		return "internal_update"
	case ExternalUpdate:
		return "external_update"
	case PromisedUpdate:
		return "promised_update"
	case RoleTooLong:
		return "role_too_long"
	case Debrief:
		return "debrief"
	case Postmortem:
		return "postmortem"
	case FollowUp:
		return "follow_up"
	case Task:
		return "task"
	case Legal:
		return "legal"
	}
	return "unknown"
}

// ParseKind reads the name of a clock, as events have it; false for one of a later
// version.
func ParseKind(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.String() == name {
			return k, true
		}
	}
	return 0, false
}

// Words says what has to happen, for people: "update for the team".
func (k Kind) Words() string {
	switch k {
	case Acknowledge:
		return "acknowledge"
	case FirstExternal:
		return "first message to customers"
	case InternalUpdate:
		return "update for the team"
	case ExternalUpdate:
		return "update for customers"
	case PromisedUpdate:
		return "update promised to customers"
	case RoleTooLong:
		return "hand over a role"
	case Debrief:
		return "debrief"
	case Postmortem:
		return "post-mortem"
	case FollowUp:
		return "follow-up"
	case Task:
		return "task"
	case Legal:
		return "report by law"
	}
	return "unknown"
}

// State is how a clock stands.
type State uint8

// The states. A clock moves only from Running over Warning to Overdue as time
// passes, and to Met or Stopped by what happens.
const (
	Running State = iota + 1 // there is time
	Warning                  // little time is left
	Overdue                  // the time is over
	Met                      // it has happened
	Stopped                  // it need not happen any more
)

// String returns the state in lower case.
func (s State) String() string {
	switch s {
	case Running:
		return "running"
	case Warning:
		return "warning"
	case Overdue:
		return "overdue"
	case Met:
		return "met"
	case Stopped:
		return "stopped"
	}
	return "unknown"
}

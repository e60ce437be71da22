package incident

// Status is where an incident stands in its life.
type Status uint8

// The statuses in the order in which an incident usually passes them.
const (
	StatusUnknown       Status = iota // not declared, or not stated
	StatusTriage                      // reported, not yet confirmed
	StatusInvestigating               // confirmed; the cause is looked for
	StatusIdentified                  // the cause is known; the remedy is under way
	StatusMonitoring                  // the remedy is in place and watched
	StatusResolved                    // over for customers
	StatusClosed                      // over for the team too
	StatusCancelled                   // was a false alarm
)

func statusNames() []string {
	return []string{"unknown", "triage", "investigating", "identified", "monitoring", "resolved", "closed", "cancelled"}
}

// String returns the name in lower case, for example "investigating".
func (s Status) String() string { return nameOf(statusNames(), s) }

// Open reports whether somebody still works on it: triage, investigating,
// identified or monitoring.
func (s Status) Open() bool { return s >= StatusTriage && s <= StatusMonitoring }

// Over reports whether the incident has ended: resolved, closed or cancelled.
func (s Status) Over() bool { return s >= StatusResolved && s <= StatusCancelled }

// ParseStatus reads the name of a status without regard to case; "canceled" is
// accepted. It returns a Rejection of kind InvalidArgument.
func ParseStatus(s string) (Status, error) {
	if foldName(s) == "canceled" {
		return StatusCancelled, nil
	}
	return parseName[Status]("status", statusNames(), s)
}

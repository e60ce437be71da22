package incident

// Outcome says how a task or a follow-up ended.
type Outcome uint8

// The outcomes.
const (
	OutcomeUnknown Outcome = iota // it has not ended
	Done                          // it was done
	Dropped                       // it was given up
)

func outcomeNames() []string { return []string{"open", "done", "dropped"} }

// String returns the name in lower case: "open", "done" or "dropped".
func (o Outcome) String() string { return nameOf(outcomeNames(), o) }

// Known reports whether the outcome is one that an item can end with.
func (o Outcome) Known() bool { return o == Done || o == Dropped }

// FollowUpType says what a follow-up is good for.
type FollowUpType uint8

// The types of follow-ups.
const (
	FollowUpTypeUnknown FollowUpType = iota // not stated
	FollowUpPrevent                         // it cannot happen again
	FollowUpMitigate                        // it hurts less when it happens again
	FollowUpDetect                          // it is noticed sooner
	FollowUpProcess                         // people work together better
)

func followUpTypeNames() []string {
	return []string{"unknown", "prevent", "mitigate", "detect", "process"}
}

// String returns the name in lower case, for example "prevent".
func (t FollowUpType) String() string { return nameOf(followUpTypeNames(), t) }

// ParseFollowUpType reads prevent, mitigate, detect or process without regard to
// case. It returns a Rejection of kind InvalidArgument.
func ParseFollowUpType(s string) (FollowUpType, error) {
	return parseName[FollowUpType]("type", followUpTypeNames(), s)
}

// Priority says how soon a follow-up has to be done.
type Priority uint8

// The priorities.
const (
	PriorityUnknown Priority = iota // not stated
	PriorityHigh                    // before other work
	PriorityMedium                  // with other work
	PriorityLow                     // when there is time
)

func priorityNames() []string { return []string{"unknown", "high", "medium", "low"} }

// String returns the name in lower case, for example "high".
func (p Priority) String() string { return nameOf(priorityNames(), p) }

// ParsePriority reads high, medium or low without regard to case. It returns a
// Rejection of kind InvalidArgument.
func ParsePriority(s string) (Priority, error) {
	return parseName[Priority]("priority", priorityNames(), s)
}

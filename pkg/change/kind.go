package change

import "slices"

// Kind says what was changed. The numbers are those of signal.v1.ChangeKind.
type Kind int32

// The kinds of change.
const (
	KindUnknown Kind = iota // not said
	Deployment              // new code or a new image runs
	Configuration
	Flag
	Migration
	Rollback // an earlier version runs again
	Other
	Outage // a third party says that something of its does not work as it should
)

// Outcome says how far a change has come. The numbers are those of
// signal.v1.ChangeOutcome.
type Outcome int32

// The outcomes of a change.
const (
	OutcomeUnknown Outcome = iota // not said
	Planned                       // nothing has changed yet
	Started
	Succeeded
	Failed // it went wrong, wholly or in part
	Canceled
)

// Kinds are the words for kinds, in the order of their numbers from [Deployment].
func Kinds() []string {
	return []string{"deployment", "configuration", "flag", "migration", "rollback", "other", "outage"}
}

// Outcomes are the words for outcomes, in the order of their numbers from [Planned].
func Outcomes() []string {
	return []string{"planned", "started", "succeeded", "failed", "canceled"}
}

// String is the word for a kind; empty when there is none.
func (k Kind) String() string { return word(Kinds(), int(k)) }

// String is the word for an outcome; empty when there is none.
func (o Outcome) String() string { return word(Outcomes(), int(o)) }

// ParseKind reads a word of [Kinds].
func ParseKind(s string) (Kind, bool) {
	i := slices.Index(Kinds(), s)
	return Kind(i + 1), i >= 0
}

// ParseOutcome reads a word of [Outcomes].
func ParseOutcome(s string) (Outcome, bool) {
	i := slices.Index(Outcomes(), s)
	return Outcome(i + 1), i >= 0
}

// Final tells whether nothing more is to come of it.
func (o Outcome) Final() bool { return o == Succeeded || o == Failed || o == Canceled }

func word(words []string, number int) string {
	if number < 1 || number > len(words) {
		return ""
	}
	return words[number-1]
}

package fault

// Code is the exit code of the program. Scripts rely on the numbers.
type Code int

// The exit codes.
const (
	Done        Code = iota // 0: done
	Refused                 // 1: refused by the system: wrong state, conflict
	Usage                   // 2: bad usage or input
	NotFound                // 3: there is no such thing, or the caller may not know
	NotAllowed              // 4: the caller may not do this
	Unreachable             // 5: the system cannot be reached
	Unverified              // 6: a verification failed
	Unknown                 // 7: it is not known whether the act was stored
)

// String is the code as a word, as it stands in JSON.
func (c Code) String() string {
	words := []string{
		"done", "refused", "usage", "not_found", "not_allowed", "unreachable", "verification_failed", "outcome_unknown",
	}
	if c < 0 || int(c) >= len(words) {
		return "refused"
	}
	return words[c]
}

package incident

// Command is one thing that somebody wants to happen to an incident. The set is
// closed; each command stands in one file with its rule, event and fold.
//
//sumtype:decl
type Command interface {
	// Name returns the command's name in snake_case, for example
	// "change_severity".
	Name() string

	// decide is the rule. It is asked only when the caller may see the incident,
	// which is declared, and may write to it at all.
	decide(s State, c Context) ([]Event, error)
	// conflicts reports whether what happened between two states touches what
	// this command is about.
	conflicts(before, after State) bool
}

// Conflicts reports whether a change that landed between the two states has to
// be shown to the caller as a conflict, since the command was given in view of
// before. Otherwise the command commutes with it and is simply decided again.
func Conflicts(c Command, before, after State) bool {
	return before.Revision != after.Revision && c.conflicts(before, after)
}

// curating commands are also allowed on an incident that was merged: they change
// how its own log reads, not how the incident goes on.
type curating interface{ curates() }

// sameLife reports whether nothing changed in where the incident stands.
func sameLife(before, after State) bool {
	return before.Status == after.Status && before.MergedInto == after.MergedInto
}

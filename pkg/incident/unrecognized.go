package incident

// Unrecognized stands for an event whose type this version does not know,
// because a later version wrote it. It is never decided.
type Unrecognized struct {
	// Name is the type in the envelope.
	Name string
	// Critical is true when the writer did not mark the event as ignorable.
	// Decide then refuses further commands, since the state may be wrong.
	Critical bool
}

// Type returns the name in the envelope.
func (e Unrecognized) Type() string { return e.Name }

// Accept calls VisitUnrecognized.
func (e Unrecognized) Accept(v Visitor) { v.VisitUnrecognized(e) }

// traits: whatever it is, it may hold content that has to be redacted.
func (e Unrecognized) traits() traits { return content | ignorable.when(!e.Critical) }

func (e Unrecognized) evolve(s State, _ Meta) State {
	s.Frozen = s.Frozen || e.Critical
	return s
}

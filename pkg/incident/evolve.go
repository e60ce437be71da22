package incident

// Evolve returns the state after one more event. Events have to come in the
// order of their revisions, without gaps; whoever reads the log checks that. It
// never fails and never changes what other holders of s see. An event without
// content, because it was redacted, leaves the same state as the original
// followed by its redaction.
func Evolve(s State, r Recorded) State {
	if r.Event == nil {
		r.Event = Unrecognized{Critical: true}
	}
	s = s.appended(r)
	s.RecordedAt = r.RecordedAt
	if _, first := r.Event.(Declared); !first && !r.Event.traits().has(machine) {
		s.Touched = true
	}
	return r.Event.evolve(s, r.at(s.Revision))
}

// at returns the meta data with the revision at which the event is folded.
func (m Meta) at(revision uint64) Meta {
	m.Revision = revision
	return m
}

// Fold returns the state after all events of an incident, in order.
func Fold(events ...Recorded) State {
	var s State
	for _, r := range events {
		s = Evolve(s, r)
	}
	return s
}

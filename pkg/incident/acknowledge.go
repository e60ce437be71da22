package incident

import "slices"

// Acknowledge says that somebody has seen the incident and takes care of it. Any
// responder may. Repeated by the same person it is no event and no error, unless a
// reason would be lost unseen: then it is refused.
type Acknowledge struct {
	Reason string // optional: what the person is about to do
}

// Acknowledged says that somebody has seen the incident and takes care of it. The
// person is the actor of the event.
type Acknowledged struct {
	Reason string // content
}

// Name returns "acknowledge".
func (Acknowledge) Name() string { return "acknowledge" }

func (a Acknowledge) decide(s State, c Context) ([]Event, error) {
	if err := checkOptional("reason", a.Reason, MaxReason); err != nil {
		return nil, err
	}
	if err := requireOpen(s); err != nil {
		return nil, err
	}
	if !slices.Contains(s.acknowledged, c.Actor) {
		return []Event{Acknowledged(a)}, nil
	}
	if a.Reason != "" {
		return nil, alreadyDone("already_acknowledged", "you have acknowledged it already: add a note")
	}
	return nil, nil
}

func (Acknowledge) conflicts(_, _ State) bool { return false }

// Type returns "incident.acknowledged".
func (Acknowledged) Type() string { return "incident.acknowledged" }

// Accept calls VisitAcknowledged.
func (e Acknowledged) Accept(v Visitor) { v.VisitAcknowledged(e) }

func (e Acknowledged) traits() traits { return editable | content.when(e.Reason != "") }

func (Acknowledged) evolve(s State, m Meta) State {
	s.acknowledged = including(s.acknowledged, m.Actor)
	return s
}

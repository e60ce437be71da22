package incident

import "slices"

// Acknowledge says that somebody has seen the incident and takes care of it. Any
// responder may. Repeated by the same person it is no event and no error.
type Acknowledge struct{}

// Acknowledged says that somebody has seen the incident and takes care of it. The
// person is the actor of the event.
type Acknowledged struct{}

// Name returns "acknowledge".
func (Acknowledge) Name() string { return "acknowledge" }

func (Acknowledge) decide(s State, c Context) ([]Event, error) {
	if err := requireOpen(s); err != nil {
		return nil, err
	}
	if slices.Contains(s.acknowledged, c.Actor) {
		return nil, nil
	}
	return []Event{Acknowledged{}}, nil
}

func (Acknowledge) conflicts(_, _ State) bool { return false }

// Type returns "incident.acknowledged".
func (Acknowledged) Type() string { return "incident.acknowledged" }

// Accept calls VisitAcknowledged.
func (e Acknowledged) Accept(v Visitor) { v.VisitAcknowledged(e) }

func (Acknowledged) traits() traits { return 0 }

func (Acknowledged) evolve(s State, m Meta) State {
	s.acknowledged = including(s.acknowledged, m.Actor)
	return s
}

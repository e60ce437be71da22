package incident

import "fmt"

// RetractUpdate takes a public update back; the log keeps it. It is for the
// communications lead and for whoever leads. Repeated it is refused.
type RetractUpdate struct {
	UpdateID string
	Reason   string // optional, internal
}

// PublicUpdateRetracted says that a public update was taken back; the log keeps it.
type PublicUpdateRetracted struct {
	UpdateID string
	Reason   string // content
}

// Name returns "retract_update".
func (RetractUpdate) Name() string { return "retract_update" }

func (c RetractUpdate) decide(s State, ctx Context) ([]Event, error) {
	if err := checkName("update_id", c.UpdateID, true); err != nil {
		return nil, err
	}
	if err := checkOptional("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	if err := ctx.requireVoice(s); err != nil {
		return nil, err
	}
	i := s.findUpdate(c.UpdateID)
	if i < 0 {
		return nil, notFound("update_id", "no_such_update",
			fmt.Sprintf("there is no public update %q: list what was published", clip(c.UpdateID)))
	}
	if s.updates.at(i).retracted {
		return nil, alreadyDone("already_retracted", "this public update was retracted already: nothing is left to do")
	}
	return []Event{PublicUpdateRetracted(c)}, nil
}

func (RetractUpdate) conflicts(before, after State) bool { return publicChanged(before, after) }

// Type returns "incident.public_update_retracted".
func (PublicUpdateRetracted) Type() string { return "incident.public_update_retracted" }

// Accept calls VisitPublicUpdateRetracted.
func (e PublicUpdateRetracted) Accept(v Visitor) { v.VisitPublicUpdateRetracted(e) }

func (e PublicUpdateRetracted) traits() traits { return editable | content.when(e.Reason != "") }

func (e PublicUpdateRetracted) evolve(s State, _ Meta) State {
	if i := s.findUpdate(e.UpdateID); i >= 0 {
		u := s.updates.at(i)
		u.retracted = true
		s.updates = s.updates.set(i, u)
	}
	return s
}

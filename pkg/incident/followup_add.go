package incident

import (
	"strings"
	"time"
)

// AddFollowUp writes down what has to be done so that the incident does not come
// back or goes better the next time. Any responder may, also after the end.
type AddFollowUp struct {
	Text     string       // Markdown, required
	Owner    PersonID     // optional
	Type     FollowUpType // optional
	Priority Priority     // optional
	Due      time.Time    // optional
	Tracker  string       // optional: link to it in the team's tracker
}

// FollowUpAdded says that there is one more follow-up.
type FollowUpAdded struct {
	FollowUp uint64 // its number, as in F1
	Text     string // content
	Owner    PersonID
	Purpose  FollowUpType
	Priority Priority
	Due      time.Time
	Tracker  string // content
}

// Name returns "add_follow_up".
func (AddFollowUp) Name() string { return "add_follow_up" }

func (c AddFollowUp) decide(s State, _ Context) ([]Event, error) {
	if err := checkItem(c.Text, c.Owner, c.Due); err != nil {
		return nil, err
	}
	if err := checkFollowUp(c.Type, c.Priority, c.Tracker); err != nil {
		return nil, err
	}
	if err := followUpKind().checkRoom(s.followUps); err != nil {
		return nil, err
	}
	return []Event{FollowUpAdded{
		FollowUp: s.followUps.next(), Text: c.Text, Owner: c.Owner, Purpose: c.Type, Priority: c.Priority,
		Due: stamp(c.Due), Tracker: c.Tracker,
	}}, nil
}

// checkFollowUp checks what only follow-ups have.
func checkFollowUp(t FollowUpType, p Priority, tracker string) error {
	if t > FollowUpProcess {
		return invalid("type", "unknown_type", "unknown type: use "+strings.Join(followUpTypeNames()[1:], ", "))
	}
	if p > PriorityLow {
		return invalid("priority", "unknown_priority", "unknown priority: use "+strings.Join(priorityNames()[1:], ", "))
	}
	if tracker == "" {
		return nil
	}
	if !strings.HasPrefix(tracker, "https://") && !strings.HasPrefix(tracker, "http://") || strings.ContainsAny(tracker, " \t\r\n") {
		return invalid("tracker", "not_a_link", "tracker is no link: begin it with https:// and leave out space")
	}
	return checkOptional("tracker", tracker, MaxReason)
}

func (AddFollowUp) conflicts(_, _ State) bool { return false }

// FollowUps returns the follow-ups of the incident, in their order.
func (s State) FollowUps() []Item { return s.followUps.all() }

// Type returns "incident.follow_up_added".
func (FollowUpAdded) Type() string { return "incident.follow_up_added" }

// Accept calls VisitFollowUpAdded.
func (e FollowUpAdded) Accept(v Visitor) { v.VisitFollowUpAdded(e) }

func (e FollowUpAdded) traits() traits {
	return editable | content.when(e.Text != "" || e.Tracker != "")
}

func (e FollowUpAdded) evolve(s State, m Meta) State {
	s.followUps = s.followUps.added(Item{
		Number: e.FollowUp, Entry: m.Revision, Owner: e.Owner, Due: e.Due, Type: e.Purpose, Priority: e.Priority,
		AddedAt: m.OccurredAt,
	})
	return s
}

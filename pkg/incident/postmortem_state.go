package incident

import (
	"fmt"
	"strings"
)

// ChangePostmortemState moves the post-mortem of a resolved or closed incident on:
// draft, in review, published, closed; and back for more work. It is for its owner
// and for whoever leads. To the state that it has already is no event and no error.
type ChangePostmortemState struct {
	To PostmortemState
}

// PostmortemStateChanged says that the post-mortem moved on.
type PostmortemStateChanged struct {
	From, To PostmortemState
}

// Name returns "change_postmortem_state".
func (ChangePostmortemState) Name() string { return "change_postmortem_state" }

func (c ChangePostmortemState) decide(s State, ctx Context) ([]Event, error) {
	if c.To == PostmortemNone || c.To > PostmortemClosed {
		return nil, invalid("state", "unknown_state", "unknown state: use "+strings.Join(postmortemStateNames()[1:], ", "))
	}
	if ctx.Actor != s.PostmortemOwner && !ctx.leads(s) {
		return nil, denied("not_postmortem_owner",
			"only the owner of the post-mortem, the commander, a manager or an admin may do this: ask one of them")
	}
	if err := requireOver(s); err != nil {
		return nil, err
	}
	switch {
	case s.Postmortem == c.To:
		return nil, nil
	case s.PostmortemOwner == "":
		return nil, wrongState("no_postmortem_owner", "nobody writes the post-mortem: name its owner first")
	case !s.Postmortem.goesTo(c.To):
		return nil, wrongState("wrong_transition", c.wrong(s.Postmortem))
	}
	return []Event{PostmortemStateChanged{From: s.Postmortem, To: c.To}}, nil
}

// wrong says where the post-mortem may go instead.
func (c ChangePostmortemState) wrong(from PostmortemState) string {
	words := func(p PostmortemState) string { return strings.ReplaceAll(p.String(), "_", " ") }
	next := from.Next()
	if len(next) == 0 {
		return "the post-mortem is " + words(from) + ": add a follow-up for what is left to do"
	}
	names := make([]string, len(next))
	for i, n := range next {
		names[i] = words(n)
	}
	return fmt.Sprintf("the post-mortem is %s and cannot become %s: it goes to %s", words(from), words(c.To), strings.Join(names, " or "))
}

func (ChangePostmortemState) conflicts(before, after State) bool {
	return postmortemChanged(before, after)
}

// Type returns "incident.postmortem_state_changed".
func (PostmortemStateChanged) Type() string { return "incident.postmortem_state_changed" }

// Accept calls VisitPostmortemStateChanged.
func (e PostmortemStateChanged) Accept(v Visitor) { v.VisitPostmortemStateChanged(e) }

func (PostmortemStateChanged) traits() traits { return 0 }

func (e PostmortemStateChanged) evolve(s State, _ Meta) State {
	s.Postmortem = e.To
	return s
}

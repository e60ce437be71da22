package incident

import "fmt"

// ConfirmHypothesis says that a supposed cause is the cause, or one of several,
// and why. Any responder may. Neither status nor mitigation changes: that the
// cause is known does not help customers. An eliminated one is refused until it
// is reopened.
type ConfirmHypothesis struct {
	Hypothesis uint64
	Reason     string // required
}

// HypothesisConfirmed says that a supposed cause is the cause.
type HypothesisConfirmed struct {
	Hypothesis uint64
	Reason     string // content
}

// Name returns "confirm_hypothesis".
func (ConfirmHypothesis) Name() string { return "confirm_hypothesis" }

func (c ConfirmHypothesis) decide(s State, _ Context) ([]Event, error) {
	if err := checkRequired("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	verdict, err := requireHypothesis(s, c.Hypothesis)
	if err != nil {
		return nil, err
	}
	switch verdict {
	case VerdictConfirmed:
		return nil, alreadyDone("already_confirmed",
			fmt.Sprintf("%s is confirmed already: add what a test showed, or a note", HypothesisName(c.Hypothesis)))
	case VerdictEliminated:
		return nil, wrongState("hypothesis_eliminated",
			fmt.Sprintf("%s was eliminated: reopen it first and say what is new", HypothesisName(c.Hypothesis)))
	case VerdictNone, VerdictOpen:
	}
	return []Event{HypothesisConfirmed(c)}, nil
}

func (c ConfirmHypothesis) conflicts(before, after State) bool {
	return judgedMeanwhile(c.Hypothesis, before, after)
}

// Type returns "incident.hypothesis_confirmed".
func (HypothesisConfirmed) Type() string { return "incident.hypothesis_confirmed" }

// Accept calls VisitHypothesisConfirmed.
func (e HypothesisConfirmed) Accept(v Visitor) { v.VisitHypothesisConfirmed(e) }

func (e HypothesisConfirmed) traits() traits {
	return ignorable | editable | content.when(e.Reason != "")
}

func (e HypothesisConfirmed) evolve(s State, _ Meta) State {
	return s.judged(e.Hypothesis, VerdictConfirmed)
}

package incident

import "fmt"

// EliminateHypothesis says that a supposed cause is not the cause, and why. It
// stays visible. Any responder may. One that was confirmed can be eliminated too.
type EliminateHypothesis struct {
	Hypothesis uint64
	Reason     string // required
}

// HypothesisEliminated says that a supposed cause is not the cause.
type HypothesisEliminated struct {
	Hypothesis uint64
	Reason     string // content
}

// Name returns "eliminate_hypothesis".
func (EliminateHypothesis) Name() string { return "eliminate_hypothesis" }

func (c EliminateHypothesis) decide(s State, _ Context) ([]Event, error) {
	if err := checkRequired("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	verdict, err := requireHypothesis(s, c.Hypothesis)
	if err != nil {
		return nil, err
	}
	if verdict == VerdictEliminated {
		return nil, alreadyDone("already_eliminated",
			fmt.Sprintf("%s is eliminated already: add what a test showed, or a note", HypothesisName(c.Hypothesis)))
	}
	return []Event{HypothesisEliminated(c)}, nil
}

func (c EliminateHypothesis) conflicts(before, after State) bool {
	return judgedMeanwhile(c.Hypothesis, before, after)
}

// Type returns "incident.hypothesis_eliminated".
func (HypothesisEliminated) Type() string { return "incident.hypothesis_eliminated" }

// Accept calls VisitHypothesisEliminated.
func (e HypothesisEliminated) Accept(v Visitor) { v.VisitHypothesisEliminated(e) }

func (e HypothesisEliminated) traits() traits {
	return ignorable | editable | content.when(e.Reason != "")
}

func (e HypothesisEliminated) evolve(s State, _ Meta) State {
	return s.judged(e.Hypothesis, VerdictEliminated)
}

package incident

import "fmt"

// ReopenHypothesis takes up a supposed cause again that was confirmed or
// eliminated, since something new is known. Any responder may.
type ReopenHypothesis struct {
	Hypothesis uint64
	Reason     string // required: what is new
}

// HypothesisReopened says that a supposed cause is open again.
type HypothesisReopened struct {
	Hypothesis uint64
	Reason     string // content
}

// Name returns "reopen_hypothesis".
func (ReopenHypothesis) Name() string { return "reopen_hypothesis" }

func (c ReopenHypothesis) decide(s State, _ Context) ([]Event, error) {
	if err := checkRequired("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	verdict, err := requireHypothesis(s, c.Hypothesis)
	if err != nil {
		return nil, err
	}
	if verdict == VerdictOpen {
		return nil, alreadyDone("already_open",
			fmt.Sprintf("%s is open already: add what a test showed, or a note", HypothesisName(c.Hypothesis)))
	}
	return []Event{HypothesisReopened(c)}, nil
}

func (c ReopenHypothesis) conflicts(before, after State) bool {
	return judgedMeanwhile(c.Hypothesis, before, after)
}

// Type returns "incident.hypothesis_reopened".
func (HypothesisReopened) Type() string { return "incident.hypothesis_reopened" }

// Accept calls VisitHypothesisReopened.
func (e HypothesisReopened) Accept(v Visitor) { v.VisitHypothesisReopened(e) }

func (e HypothesisReopened) traits() traits {
	return ignorable | editable | content.when(e.Reason != "")
}

func (e HypothesisReopened) evolve(s State, _ Meta) State {
	return s.judged(e.Hypothesis, VerdictOpen)
}

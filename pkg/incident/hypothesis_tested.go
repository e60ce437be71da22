package incident

// TestHypothesis writes down what a test of a hypothesis showed. Any responder
// may, also when it is confirmed or eliminated: evidence is never refused, and
// never judges by itself.
type TestHypothesis struct {
	Hypothesis uint64
	Text       string // Markdown, required: what was looked at and what it showed
}

// HypothesisTested says what a test of a hypothesis showed.
type HypothesisTested struct {
	Hypothesis uint64
	Text       string // content
}

// Name returns "test_hypothesis".
func (TestHypothesis) Name() string { return "test_hypothesis" }

func (c TestHypothesis) decide(s State, _ Context) ([]Event, error) {
	if err := checkRequired("text", c.Text, MaxText); err != nil {
		return nil, err
	}
	if _, err := requireHypothesis(s, c.Hypothesis); err != nil {
		return nil, err
	}
	return []Event{HypothesisTested(c)}, nil
}

func (TestHypothesis) conflicts(_, _ State) bool { return false }

// Type returns "incident.hypothesis_tested".
func (HypothesisTested) Type() string { return "incident.hypothesis_tested" }

// Accept calls VisitHypothesisTested.
func (e HypothesisTested) Accept(v Visitor) { v.VisitHypothesisTested(e) }

func (e HypothesisTested) traits() traits { return ignorable | editable | content.when(e.Text != "") }

func (HypothesisTested) evolve(s State, _ Meta) State { return s }

package incident

import "strings"

// AddHypothesis supposes a cause: "I think it is X because Y". Any responder may,
// also when the incident is over, since causes are found late. Its number is the
// next one of the incident.
type AddHypothesis struct {
	Text      string // one line that says what may be the cause
	Because   string // optional: what speaks for it
	Eliminate string // optional: what would eliminate it
}

// HypothesisAdded says that somebody supposes a cause.
type HypothesisAdded struct {
	Hypothesis               uint64 // its number in the incident: 1, 2, 3 and so on
	Text, Because, Eliminate string // content
}

// Name returns "add_hypothesis".
func (AddHypothesis) Name() string { return "add_hypothesis" }

func (c AddHypothesis) decide(s State, _ Context) ([]Event, error) {
	err := firstError(
		func() error { return checkLine("text", c.Text, "say why with because") },
		func() error { return checkOptional("because", c.Because, MaxReason) },
		func() error { return checkOptional("eliminate", c.Eliminate, MaxReason) },
	)
	if err != nil {
		return nil, err
	}
	return []Event{HypothesisAdded{
		Hypothesis: uint64(s.hypotheses.size()) + 1, Text: c.Text, Because: c.Because, Eliminate: c.Eliminate,
	}}, nil
}

func (AddHypothesis) conflicts(_, _ State) bool { return false }

const (
	becauseMark   = "Because: "
	eliminateMark = "Eliminated if: "
)

// JoinHypothesis is the text of a hypothesis as an entry shows it and as it is
// edited: what is supposed in the first line, then what speaks for it and what
// would eliminate it, each in paragraphs that say so.
func JoinHypothesis(text, because, eliminate string) string {
	parts := []string{text}
	if because != "" {
		parts = append(parts, becauseMark+because)
	}
	if eliminate != "" {
		parts = append(parts, eliminateMark+eliminate)
	}
	return strings.TrimSpace(strings.Join(parts, "\n\n"))
}

// SplitHypothesis takes the text of a corrected hypothesis apart. What stands
// below the first line under no mark speaks for it.
func SplitHypothesis(joined string) (text, because, eliminate string) {
	speaks, ends := strings.TrimSpace(becauseMark), "\n\n"+strings.TrimSpace(eliminateMark)
	text, rest, _ := strings.Cut(strings.TrimSpace(joined), "\n")
	rest = strings.TrimPrefix(strings.TrimSpace(rest), speaks)
	if strings.HasPrefix(rest, strings.TrimSpace(ends)) {
		rest = "\n\n" + rest
	}
	if i := strings.LastIndex(rest, ends); i >= 0 {
		rest, eliminate = rest[:i], rest[i+len(ends):]
	}
	return strings.TrimSpace(text), strings.TrimSpace(rest), strings.TrimSpace(eliminate)
}

// CorrectHypothesis returns what a hypothesis says once its text was corrected. A
// correction of one line is of what is supposed: the reasons stay. One that says more
// says all of it; a mark with nothing behind it takes that reason away.
func CorrectHypothesis(because, eliminate, corrected string) (newText, newBecause, newEliminate string) {
	newText, newBecause, newEliminate = SplitHypothesis(corrected)
	if corrected != "" && !strings.Contains(strings.TrimSpace(corrected), "\n") {
		return newText, because, eliminate
	}
	return newText, newBecause, newEliminate
}

// Type returns "incident.hypothesis_added".
func (HypothesisAdded) Type() string { return "incident.hypothesis_added" }

// Accept calls VisitHypothesisAdded.
func (e HypothesisAdded) Accept(v Visitor) { v.VisitHypothesisAdded(e) }

func (e HypothesisAdded) traits() traits {
	return ignorable | editable | content.when(e.Text != "" || e.Because != "" || e.Eliminate != "")
}

func (e HypothesisAdded) evolve(s State, _ Meta) State {
	if s.findHypothesis(e.Hypothesis) < 0 {
		s.hypotheses = s.hypotheses.with(hypothesis{number: e.Hypothesis, verdict: VerdictOpen})
	}
	return s
}

package importer

import (
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// Hypothesis says that somebody supposes a cause. A text that does not fit into one
// line stands whole among the reasons for it.
func (h *History) Hypothesis(at time.Time, text string) {
	text = h.text(text)
	h.add(at, func(s *state) []*incidentv1.ImportStep { return s.suppose(at, text) })
}

// Test says what a test showed of the cause that was supposed last. Where none is, it
// is kept as a note.
func (h *History) Test(at time.Time, text, author string) {
	text, author = h.text(text), h.text(author)
	h.add(at, func(s *state) []*incidentv1.ImportStep {
		if len(s.supposed) == 0 {
			return note(at, text, "test", author)
		}
		return []*incidentv1.ImportStep{{Act: &incidentv1.ImportStep_TestHypothesis{TestHypothesis: &incidentv1.TestHypothesisRequest{
			OccurredAt: stamp(at), Hypothesis: s.last(), Text: Attributed(author, text),
		}}}}
	})
}

// Confirm says that the cause that was supposed last is the cause. One that nobody
// supposed before is supposed first.
func (h *History) Confirm(at time.Time, text string) {
	text = h.text(text)
	h.add(at, func(s *state) []*incidentv1.ImportStep {
		return s.judge(at, text, func(name, reason string) *incidentv1.ImportStep {
			return &incidentv1.ImportStep{Act: &incidentv1.ImportStep_ConfirmHypothesis{
				ConfirmHypothesis: &incidentv1.ConfirmHypothesisRequest{OccurredAt: stamp(at), Hypothesis: name, Reason: reason},
			}}
		})
	})
}

// Eliminate says that the cause that was supposed last is not the cause. One that
// nobody supposed before is supposed first.
func (h *History) Eliminate(at time.Time, text string) {
	text = h.text(text)
	h.add(at, func(s *state) []*incidentv1.ImportStep {
		return s.judge(at, text, func(name, reason string) *incidentv1.ImportStep {
			return &incidentv1.ImportStep{Act: &incidentv1.ImportStep_EliminateHypothesis{
				EliminateHypothesis: &incidentv1.EliminateHypothesisRequest{OccurredAt: stamp(at), Hypothesis: name, Reason: reason},
			}}
		})
	})
}

// suppose adds a hypothesis.
func (s *state) suppose(at time.Time, text string) []*incidentv1.ImportStep {
	s.hypotheses++
	s.supposed = append(s.supposed, s.hypotheses)
	because, rest := reason(at, text, "hypothesis")
	line := Clip(strings.Join(strings.Fields(text), " "), incident.MaxLine)
	if line == text {
		because = ""
	}
	return append([]*incidentv1.ImportStep{{Act: &incidentv1.ImportStep_AddHypothesis{AddHypothesis: &incidentv1.AddHypothesisRequest{
		OccurredAt: stamp(at), Text: line, Because: because,
	}}}}, rest...)
}

// judge says of the cause that was supposed last whether it is so. Histories do not
// say which one they mean.
func (s *state) judge(at time.Time, text string, verdict func(name, reason string) *incidentv1.ImportStep) []*incidentv1.ImportStep {
	var steps []*incidentv1.ImportStep
	if len(s.supposed) == 0 {
		steps = s.suppose(at, text)
	}
	why, rest := reason(at, text, "verdict")
	steps = append(steps, verdict(s.last(), why))
	s.supposed = s.supposed[:len(s.supposed)-1]
	return append(steps, rest...)
}

// last is the name of the hypothesis that was supposed last.
func (s *state) last() string { return incident.HypothesisName(s.supposed[len(s.supposed)-1]) }

// shortReason is how many characters are kept of a reason that is too long.
const shortReason = 500

// reason makes a text fit for a reason. One that is too long is kept whole in a note.
func reason(at time.Time, text, label string) (string, []*incidentv1.ImportStep) {
	if len(text) <= incident.MaxReason {
		return text, nil
	}
	return Clip(text, shortReason), note(at, text, label, "")
}

// Attributed is the text of an act that has no author of its own.
func Attributed(author, text string) string {
	if author == "" || text == "" {
		return text
	}
	return author + ": " + text
}

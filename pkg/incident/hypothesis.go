package incident

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Verdict is what is known of a supposed cause.
type Verdict uint8

// The verdicts.
const (
	VerdictNone       Verdict = iota // there is no such hypothesis
	VerdictOpen                      // it may be so
	VerdictConfirmed                 // it is so
	VerdictEliminated                // it is not so; it stays visible
)

func verdictNames() []string { return []string{"unknown", "open", "confirmed", "eliminated"} }

// String returns the name in lower case, for example "eliminated".
func (v Verdict) String() string { return nameOf(verdictNames(), v) }

// MaxLine bounds what is said in one line, in characters.
const MaxLine = 200

// hypothesis is what rules need to know of one.
type hypothesis struct {
	number  uint64
	verdict Verdict
}

// Hypothesis returns the verdict on a hypothesis by its number, and
// VerdictNone when there is none.
func (s State) Hypothesis(number uint64) Verdict {
	if i := s.findHypothesis(number); i >= 0 {
		return s.hypotheses.at(i).verdict
	}
	return VerdictNone
}

// Hypotheses returns how many were stated.
func (s State) Hypotheses() int { return s.hypotheses.size() }

func (s State) findHypothesis(number uint64) int {
	return s.hypotheses.find(func(h hypothesis) bool { return h.number == number })
}

// judged returns s with another verdict on a hypothesis; one that does not exist
// is passed over.
func (s State) judged(number uint64, verdict Verdict) State {
	if i := s.findHypothesis(number); i >= 0 {
		s.hypotheses = s.hypotheses.set(i, hypothesis{number: number, verdict: verdict})
	}
	return s
}

// HypothesisName is how people call a hypothesis, for example "H1".
func HypothesisName(number uint64) string { return "H" + strconv.FormatUint(number, 10) }

// ParseHypothesis reads "H1", "h1" or "1". It returns a Rejection of kind
// InvalidArgument.
func ParseHypothesis(s string) (uint64, error) {
	return parseNumbered("hypothesis", "H", s)
}

// parseNumbered reads the name of something that is numbered in its incident.
func parseNumbered(field, letter, s string) (uint64, error) {
	digits := strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), letter)
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || n == 0 || digits[0] == '+' {
		return 0, invalid(field, "unknown_"+field, fmt.Sprintf("%q names no %s: use %s1, %s2 and so on", clip(s), field, letter, letter))
	}
	return n, nil
}

// requireHypothesis finds the hypothesis that a command is about.
func requireHypothesis(s State, number uint64) (Verdict, error) {
	if verdict := s.Hypothesis(number); verdict != VerdictNone {
		return verdict, nil
	}
	return VerdictNone, notFound("hypothesis", "no_such_hypothesis",
		fmt.Sprintf("there is no hypothesis %s: list them, or add it first", HypothesisName(number)))
}

// judgedMeanwhile reports whether somebody else confirmed, eliminated or reopened
// the hypothesis in between.
func judgedMeanwhile(number uint64, before, after State) bool {
	return before.Hypothesis(number) != after.Hypothesis(number)
}

// checkLine wants one line of 1 to MaxLine characters; rest says where more belongs.
func checkLine(field, s, rest string) error {
	if err := checkCharacters(field, s); err != nil {
		return err
	}
	switch n := utf8.RuneCountInString(s); {
	case strings.TrimSpace(s) == "":
		return invalid(field, "required", field+" is empty: say it in one line")
	case n > MaxLine:
		return invalid(field, "too_long", fmt.Sprintf("%s has %d characters: use at most %d, and %s", field, n, MaxLine, rest))
	case strings.ContainsAny(s, "\r\n\t"):
		return invalid(field, "not_one_line", field+" has several lines: use one, and "+rest)
	}
	return nil
}

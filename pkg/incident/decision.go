package incident

import (
	"fmt"
	"strconv"
	"strings"
)

// The choices that have rules of their own.
const (
	Rollback   = "rollback"
	FixForward = "fix_forward"
)

const (
	// MaxOptions bounds the options of a decision.
	MaxOptions = 20
	// MaxChecks bounds the answers of a decision's checklist.
	MaxChecks = 100
)

// ChangeID names a change: a deploy, a setting, a flag.
type ChangeID string

// Check is an answer to one line of a checklist.
type Check struct {
	Item  string // id of the line: lower case letters, digits, '-', '_' and '.'
	Holds bool   // yes or no
}

// MakeDecision decides what is done, most often whether to roll back or to fix
// forward. It needs the commander's rights. Rolling back is the default: whatever
// else is decided needs a reason. Its number is the next one of the incident.
type MakeDecision struct {
	Choice  string // Rollback, FixForward, or another word as in a label
	Reason  string // why; optional for Rollback
	Options []string
	Checks  []Check

	// What it is about, each optional.

	Hypothesis uint64
	Change     ChangeID
	Entry      uint64
}

// DecisionMade says that something was decided.
type DecisionMade struct {
	Decision   uint64 // its number in the incident: 1, 2, 3 and so on
	Choice     string
	Reason     string   // content
	Options    []string // content
	Checks     []Check
	Hypothesis uint64
	Change     ChangeID
	Entry      uint64
}

// Name returns "make_decision".
func (MakeDecision) Name() string { return "make_decision" }

func (c MakeDecision) decide(s State, ctx Context) ([]Event, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if err := ctx.requireLead(s); err != nil {
		return nil, err
	}
	if c.Hypothesis != 0 {
		if _, err := requireHypothesis(s, c.Hypothesis); err != nil {
			return nil, err
		}
	}
	if c.Entry != 0 {
		if _, err := requireEntry(s, c.Entry); err != nil {
			return nil, err
		}
	}
	return []Event{DecisionMade{
		Decision: s.decisions + 1, Choice: c.Choice, Reason: c.Reason, Options: c.Options, Checks: c.Checks,
		Hypothesis: c.Hypothesis, Change: c.Change, Entry: c.Entry,
	}}, nil
}

func (c MakeDecision) check() error {
	if c.Choice == "" {
		return invalid("choice", "required", "choice is empty: use rollback, fix-forward, or another word")
	}
	if c.Choice != Rollback && strings.TrimSpace(c.Reason) == "" {
		return invalid("reason", "required",
			fmt.Sprintf("rolling back is the default: say why %s is better", strings.ReplaceAll(clip(c.Choice), "_", " ")))
	}
	return firstError(
		func() error { return checkLabel("choice", c.Choice) },
		func() error { return checkOptional("reason", c.Reason, MaxText) },
		func() error { return checkLines("options", c.Options, MaxOptions) },
		func() error { return checkChecks(c.Checks) },
		func() error { return checkName("change", string(c.Change), false) },
	)
}

// checkChecks wants each line of a checklist answered once.
func checkChecks(checks []Check) error {
	if len(checks) > MaxChecks {
		return tooMany("checks", len(checks), MaxChecks)
	}
	seen := make(map[string]bool, len(checks))
	for _, c := range checks {
		if c.Item == "" {
			return invalid("checks", "required", "checks has an answer without a line: name the line, as in recent-change=yes")
		}
		if err := checkLabel("checks", c.Item); err != nil {
			return err
		}
		if seen[c.Item] {
			return invalid("checks", "twice", fmt.Sprintf("checks answers %q twice", c.Item))
		}
		seen[c.Item] = true
	}
	return nil
}

// conflicts: somebody else decided something in between.
func (MakeDecision) conflicts(before, after State) bool { return before.decisions != after.decisions }

// ParseChoice reads what was decided as people write it: "Fix forward" is
// FixForward. It returns a Rejection of kind InvalidArgument for what is no label.
func ParseChoice(s string) (string, error) {
	choice := foldName(s)
	switch choice {
	case "roll_back":
		choice = Rollback
	case "fixforward", "forward":
		choice = FixForward
	}
	return choice, checkLabel("choice", choice)
}

// Decisions returns how many decisions were made.
func (s State) Decisions() uint64 { return s.decisions }

// DecisionName is how people call a decision, for example "D1".
func DecisionName(number uint64) string { return "D" + strconv.FormatUint(number, 10) }

const optionsMark = "Options considered:"

// JoinDecision is the text of a decision as an entry shows it and as it is edited:
// the reason, then the options.
func JoinDecision(reason string, options []string) string {
	return joinList(reason, optionsMark, options)
}

// SplitDecision takes the text of a corrected decision apart.
func SplitDecision(joined string) (reason string, options []string) {
	return splitList(joined, optionsMark)
}

// Type returns "incident.decision_made".
func (DecisionMade) Type() string { return "incident.decision_made" }

// Accept calls VisitDecisionMade.
func (e DecisionMade) Accept(v Visitor) { v.VisitDecisionMade(e) }

func (e DecisionMade) traits() traits {
	return ignorable | editable | content.when(e.Reason != "" || len(e.Options) > 0)
}

func (DecisionMade) evolve(s State, _ Meta) State {
	s.decisions++
	return s
}

package incident

import (
	"fmt"
	"slices"
	"strings"
)

// RedactEntry erases the content of an entry and of its corrections for ever;
// facts and proof stay. It is for the author and for whoever leads. What is
// redacted already is no event and no error. A redaction cannot be redacted.
type RedactEntry struct {
	Entry      uint64 // revision of the entry
	ReasonCode string // secret, personal_data, legal or other
	Reason     string // optional; must not repeat what is to be erased
}

// EntryRedacted says that the content of an entry was erased; facts and proof stay.
type EntryRedacted struct {
	Entry      uint64
	ReasonCode string
	Reason     string // content
}

// Name returns "redact_entry".
func (RedactEntry) Name() string { return "redact_entry" }

// decide returns one event for the entry and one for each of its corrections,
// since those may repeat what has to go.
func (c RedactEntry) decide(s State, ctx Context) ([]Event, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	e, err := requireEntry(s, c.Entry)
	if err != nil {
		return nil, err
	}
	if err := ctx.requireOwn(s, e); err != nil {
		return nil, err
	}
	if e.Type == (EntryRedacted{}).Type() {
		return nil, wrongState("is_a_redaction", "a redaction cannot be redacted: it proves what was done")
	}
	if !e.Content {
		return nil, wrongState("no_content", fmt.Sprintf("entry %d holds only facts: there is nothing to redact", e.Revision))
	}
	var events []Event
	for _, revision := range append([]uint64{c.Entry}, s.corrections(c.Entry, c.Entry)...) {
		if target, _ := s.Entry(revision); target.Content && !target.Redacted {
			events = append(events, EntryRedacted{Entry: revision, ReasonCode: c.ReasonCode, Reason: c.Reason})
		}
	}
	return events, nil
}

func (c RedactEntry) check() error {
	if codes := []string{"secret", "personal_data", "legal", "other"}; !slices.Contains(codes, c.ReasonCode) {
		return invalid("reason_code", "unknown_reason_code", "unknown reason code: use "+strings.Join(codes, ", "))
	}
	return checkOptional("reason", c.Reason, MaxReason)
}

func (RedactEntry) conflicts(_, _ State) bool { return false }

func (RedactEntry) curates() {}

// Type returns "incident.entry_redacted".
func (EntryRedacted) Type() string { return "incident.entry_redacted" }

// Accept calls VisitEntryRedacted.
func (e EntryRedacted) Accept(v Visitor) { v.VisitEntryRedacted(e) }

// traits: the reason is no content that could be redacted.
func (EntryRedacted) traits() traits { return curation }

func (e EntryRedacted) evolve(s State, _ Meta) State {
	if e.Entry != 0 && e.Entry == s.titleFrom {
		s.Title = ""
	}
	if i := s.updates.find(func(u publicUpdate) bool { return u.revision == e.Entry }); i >= 0 && s.updates.at(i).named {
		u := s.updates.at(i)
		u.named = false
		s.updates = s.updates.set(i, u)
	}
	return s.marked(e.Entry, redacted, true)
}

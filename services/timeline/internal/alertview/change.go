package alertview

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// foldVersion counts the forms that rows have had; a row of another form is
// computed anew.
const foldVersion = 4

// began is the begin of an alert as a row keeps it.
type began struct {
	alert.Fired
	recorded int64
	redacted bool
}

// ended is the end of an alert.
type ended struct {
	alert.Resolved
	recorded int64
}

// said is what somebody said: an acknowledgment, or a note, which is kept like this.
type said struct {
	By       string `json:"by"`
	Signal   string `json:"signal"`
	Text     string `json:"text"`
	SaidBy   string `json:"said_by"`
	At       int64  `json:"at"`
	Recorded int64  `json:"recorded"`
	Redacted bool   `json:"redacted"`
	revision uint64
}

// changes are what a batch of messages says, by alert.
type changes struct {
	began map[string]began
	ended map[string]ended
	acked map[string]said
	links map[string]string          // incidents
	notes map[string]map[uint64]said // by revision
	quiet map[string]map[uint64]quiet
	calms map[string]int64 // microseconds since 1970
}

func newChanges() changes {
	return changes{
		began: map[string]began{}, ended: map[string]ended{}, acked: map[string]said{}, links: map[string]string{}, notes: map[string]map[uint64]said{},
		quiet: map[string]map[uint64]quiet{}, calms: map[string]int64{},
	}
}

// add takes a message of an alert, or the redaction of one; others it passes over.
func (c changes) add(m eventlog.Message) error {
	if _, ok := eventlog.RedactedSequence(m.Subject); ok {
		replacement, err := eventlog.ReplacementOf(m)
		if err != nil {
			return err
		}
		m = replacement
	}
	id, ok := strings.CutPrefix(m.Subject, alert.SubjectPrefix)
	if !ok {
		return nil
	}
	commit, err := chain.Open(m.Data)
	if err != nil {
		return fmt.Errorf("message %d: %w", m.Sequence, err)
	}
	for _, r := range commit.Records {
		if err := c.record(id, r); err != nil {
			return fmt.Errorf("message %d: %w", m.Sequence, err)
		}
	}
	return nil
}

func (c changes) record(id string, r chain.Record) error {
	envelope, err := r.Envelope()
	if err != nil {
		return err
	}
	event, err := alert.Decode(envelope.Type, r)
	if errors.Is(err, alert.ErrUnknownType) {
		return nil // a later version shows it
	}
	if err != nil {
		return err
	}
	switch e := event.(type) {
	case alert.Fired:
		// Of two readings of one event the redacted one holds.
		if !c.began[id].redacted {
			c.began[id] = began{e, envelope.RecordedAtMicros, r.Redacted}
		}
	case alert.Resolved:
		c.ended[id] = ended{e, envelope.RecordedAtMicros}
	case alert.Linked:
		c.links[id] = e.Incident
	case alert.Suppressed, alert.Unsuppressed, alert.Calmed:
		c.suppress(id, envelope.Revision, e)
	case alert.Acknowledged:
		c.acknowledge(id, said{
			By: e.By, Signal: e.SignalID, Text: e.Note, SaidBy: e.SaidBy, At: e.At.UnixMicro(),
			Recorded: envelope.RecordedAtMicros, Redacted: r.Redacted, revision: envelope.Revision,
		})
	case alert.Noted:
		c.note(id, said{
			By: e.By, Signal: e.SignalID, Text: e.Text, SaidBy: e.SaidBy, At: e.At.UnixMicro(),
			Recorded: envelope.RecordedAtMicros, Redacted: r.Redacted, revision: envelope.Revision,
		})
	}
	return nil
}

// acknowledge takes the first acknowledgment, and of two readings of it the redacted
// one.
func (c changes) acknowledge(id string, a said) {
	known, ok := c.acked[id]
	if !ok || a.revision < known.revision || a.revision == known.revision && a.Redacted {
		c.acked[id] = a
	}
}

// note takes a note, and of two readings of it the redacted one.
func (c changes) note(id string, n said) {
	if c.notes[id] == nil {
		c.notes[id] = map[uint64]said{}
	}
	if !c.notes[id][n.revision].Redacted {
		c.notes[id][n.revision] = n
	}
}

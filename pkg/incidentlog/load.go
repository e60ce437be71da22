package incidentlog

import (
	"context"
	"errors"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
)

// SubjectPrefix begins the subject of every incident.
const SubjectPrefix = "incident."

// Entry is one event with what carries it.
type Entry struct {
	incident.Recorded
	// Envelope is the event's envelope.
	Envelope chain.Envelope
	// Sequence is the place of its commit in the log.
	Sequence uint64
}

// Load returns the events of an incident in order, up to and including those of
// the message at the sequence until; 0 means all. Redactions count however late
// they came. Types of later versions are there as incident.Unrecognized. An
// incident that does not exist has no events. Errors are those of
// [eventlog.Reader.Load] and package record.
func Load(ctx context.Context, log eventlog.Reader, id incident.ID, until uint64) ([]Entry, error) {
	messages, err := log.Load(ctx, SubjectPrefix+string(id), 0)
	if err != nil {
		return nil, fmt.Errorf("load incident %s: %w", id, err)
	}
	redacted, err := redactions(messages)
	if err != nil {
		return nil, fmt.Errorf("load incident %s: %w", id, err)
	}
	var entries []Entry
	for _, m := range messages {
		if until > 0 && m.Sequence > until {
			break
		}
		more, err := open(m, redacted)
		if err != nil {
			return nil, fmt.Errorf("load incident %s: %w", id, err)
		}
		entries = append(entries, more...)
	}
	return entries, nil
}

// State folds entries.
func State(entries []Entry) incident.State {
	var s incident.State
	for _, e := range entries {
		s = incident.Evolve(s, e.Recorded)
	}
	return s
}

// Open returns the events of one message of an incident as they stand in it.
func Open(m eventlog.Message) ([]Entry, error) { return open(m, nil) }

// redactions returns the revisions that were redacted by any of the messages.
func redactions(messages []eventlog.Message) (map[uint64]bool, error) {
	redacted := map[uint64]bool{}
	for _, m := range messages {
		entries, err := Open(m)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if r, ok := e.Event.(incident.EntryRedacted); ok {
				redacted[r.Entry] = true
			}
		}
	}
	return redacted, nil
}

func open(m eventlog.Message, redacted map[uint64]bool) ([]Entry, error) {
	commit, err := chain.Open(m.Data)
	if err != nil {
		return nil, fmt.Errorf("message %d: %w", m.Sequence, err)
	}
	entries := make([]Entry, 0, len(commit.Records))
	for _, r := range commit.Records {
		envelope, err := r.Envelope()
		if err != nil {
			return nil, fmt.Errorf("message %d: %w", m.Sequence, err)
		}
		if redacted[envelope.Revision] {
			r.Redacted, r.Content, r.Salt = true, nil, nil
		}
		recorded, err := record.DecodeParsed(&envelope, r)
		if err != nil && !errors.Is(err, record.ErrUnknownCritical) {
			return nil, fmt.Errorf("message %d: %w", m.Sequence, err)
		}
		entries = append(entries, Entry{Recorded: recorded, Envelope: envelope, Sequence: m.Sequence})
	}
	return entries, nil
}

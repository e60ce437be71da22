package incidentlogtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/record"
)

// Desk writes to a log as one person with all rights.
type Desk struct {
	// Log is written to.
	Log eventlog.Log
	// Actor is to whom everything is attributed; empty means "ada".
	Actor incident.PersonID
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Do decides a command and appends what follows. It returns the revisions written.
func (d Desk) Do(ctx context.Context, id incident.ID, cmd incident.Command) ([]uint64, error) {
	state, head, last, err := d.load(ctx, id)
	if err != nil {
		return nil, err
	}
	events, err := incident.Decide(state, cmd, incident.Context{Actor: d.actor(), Authority: incident.Admin, Now: d.now()})
	if err != nil || len(events) == 0 {
		return nil, err
	}
	subject := incidentlog.SubjectPrefix + string(id)
	data, _, err := chain.Seal(head, subject, drafts(d.actor(), events), chain.Request{}, d.now(), rand.Reader)
	if err != nil {
		return nil, err
	}
	entry := eventlog.Append{Subject: subject, Expect: last, Data: data}
	if r, ok := cmd.(incident.RedactEntry); ok {
		_, err = eventlog.Redact(ctx, d.Log, eventlog.Redaction{Subject: subject, Revision: r.Entry, Entry: entry})
	} else {
		_, err = d.Log.Append(ctx, entry)
	}
	if err != nil {
		return nil, fmt.Errorf("do %s: %w", cmd.Name(), err)
	}
	var revisions []uint64
	for i := range events {
		revisions = append(revisions, state.Revision+uint64(i)+1)
	}
	return revisions, nil
}

// Must is Do that ends the test on an error. Where somebody else wrote first it decides
// again on what the log says now, as the command service does.
func (d Desk) Must(t testing.TB, id incident.ID, cmds ...incident.Command) {
	t.Helper()
	for _, cmd := range cmds {
		_, err := d.Do(t.Context(), id, cmd)
		for errors.Is(err, eventlog.ErrConflict) && t.Context().Err() == nil {
			_, err = d.Do(t.Context(), id, cmd)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (d Desk) load(ctx context.Context, id incident.ID) (incident.State, chain.Head, uint64, error) {
	entries, err := incidentlog.Load(ctx, d.Log, id, 0)
	if err != nil || len(entries) == 0 {
		return incident.State{}, chain.Head{}, 0, err
	}
	last := entries[len(entries)-1]
	message, err := d.Log.Last(ctx, incidentlog.SubjectPrefix+string(id))
	if err != nil {
		return incident.State{}, chain.Head{}, 0, err
	}
	hash, err := chain.LastHash(message.Data)
	head := chain.Head{Revision: last.Revision, Hash: hash, RecordedAtMicros: last.Envelope.RecordedAtMicros}
	return incidentlog.State(entries), head, last.Sequence, err
}

func drafts(actor incident.PersonID, events []incident.Event) []chain.Draft {
	out := make([]chain.Draft, 0, len(events))
	for _, e := range events {
		d, err := record.Encode(e)
		if err != nil {
			panic(err) // an event that Decide made can be stored
		}
		d.EventID, d.Actor = uuid.NewString(), string(actor)
		out = append(out, d)
	}
	return out
}

func (d Desk) actor() incident.PersonID {
	if d.Actor == "" {
		return "ada"
	}
	return d.Actor
}

func (d Desk) now() time.Time {
	if d.Now == nil {
		return time.Now()
	}
	return d.Now()
}

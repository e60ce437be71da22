package archive

import (
	"bufio"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// ErrIncomplete: the number of events written is not the one that the system
// counted.
var ErrIncomplete = errors.New("the export is not complete")

// Writer writes one export.
type Writer struct {
	out    *bufio.Writer
	events uint64
}

// NewWriter begins an export.
func NewWriter(out io.Writer) *Writer { return &Writer{out: bufio.NewWriterSize(out, 1<<16)} }

// Events is how many events were written.
func (w *Writer) Events() uint64 { return w.events }

// Event writes one event.
func (w *Writer) Event(e *timelinev1.ExportedEvent) error {
	envelope, err := chain.ParseEnvelope(e.GetEnvelope())
	if err != nil {
		return fmt.Errorf("export %s revision %d: %w", e.GetSubject(), e.GetRevision(), err)
	}
	line := describe(envelope, Stored{
		Envelope: e.GetEnvelope(), Facts: e.GetFacts(), Content: e.GetContent(), Salt: e.GetSalt(),
		RequestSalt: e.GetRequestSalt(),
	}, e.GetRedacted())
	line.CommitStart = e.GetCommitStart()
	w.events++
	return w.line(line)
}

// describe derives the readable part of a line from the stored bytes.
func describe(envelope chain.Envelope, stored Stored, redacted bool) Event {
	return Event{
		Kind: kindEvent, Subject: envelope.Subject, Revision: envelope.Revision, Type: envelope.Type,
		EventID: envelope.EventID, OccurredTime: envelope.OccurredAt(), RecordedTime: envelope.RecordedAt(),
		Actor: envelope.Actor, Hash: chain.HashEnvelope(stored.Envelope).String(), Redacted: redacted,
		Facts: readable(envelope.Type, "Facts", stored.Facts), Content: readable(envelope.Type, "Content", stored.Content),
		Stored: stored,
	}
}

// Close writes the signed manifest. It returns [ErrIncomplete] when the system
// counted other events than were written.
func (w *Writer) Close(heads *timelinev1.ExportHeads, key ed25519.PrivateKey, now time.Time) error {
	if heads.GetEvents() != w.events {
		return fmt.Errorf("%w: %d events of %d", ErrIncomplete, w.events, heads.GetEvents())
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return errors.New("sign export: not an Ed25519 key")
	}
	m := Manifest{
		Format: Format, ExportedTime: now.UTC(), Epoch: heads.GetEpoch(), Position: heads.GetPosition(),
		Events: w.events, PublicKey: public, Heads: []Head{},
	}
	for _, h := range heads.GetHeads() {
		var hash chain.Hash
		copy(hash[:], h.GetHash())
		m.Heads = append(m.Heads, Head{Subject: h.GetSubject(), Revision: h.GetRevision(), Hash: hash.String()})
	}
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	signature := ed25519.Sign(key, append([]byte(domain), body...))
	if err := w.line(signed{Kind: kindManifest, Manifest: body, Signature: signature}); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	return nil
}

func (w *Writer) line(value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	if _, err := w.out.Write(append(data, '\n')); err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	return nil
}

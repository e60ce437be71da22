package public

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// Writer stores documents as long as nobody else has claimed the stream. It is not
// safe for concurrent use.
type Writer struct {
	js     jetstream.JetStream
	stream jetstream.Stream
	relay  string
	room   func() bool       // nil: not known
	mark   uint64            // sequence of our last mark
	known  map[string]stored // by subject
	waste  []uint64          // versions that have to be erased
}

// stored is the last version of a document.
type stored struct {
	sequence uint64
	digest   [sha256.Size]byte // of what customers can see; zero: nothing is public
}

// Claim makes the relay with a random id the only one that can write, and returns
// the mark of the one before it, empty when there was none. It reads what is in the
// stream, and erases what earlier relays left to be erased.
func (s Stream) Claim(ctx context.Context, relay string) (*Writer, *statusv1.RelayMark, error) {
	stream, err := s.JetStream.Stream(ctx, streamName)
	if err != nil {
		return nil, nil, fmt.Errorf("open the public documents: %w", err)
	}
	w := &Writer{js: s.JetStream, stream: stream, relay: relay, room: s.HasRoom, known: map[string]stored{}}
	before, sequence, err := lastMark(ctx, stream)
	if err != nil {
		return nil, nil, err
	}
	if err := beforeClaim.Hit(ctx); err != nil {
		return nil, nil, err
	}
	w.mark = sequence
	if err := w.Mark(ctx, proto.CloneOf(before)); err != nil {
		return nil, nil, fmt.Errorf("claim the public documents: %w", err)
	}
	if err := afterClaim.Hit(ctx); err != nil {
		return nil, nil, err
	}
	if err := w.read(ctx); err != nil {
		return nil, nil, err
	}
	return w, before, w.erase(ctx)
}

// Put stores a document under a subject unless the one there shows the same. It
// tells whether it stored it. An empty document says that nothing is public.
func (w *Writer) Put(ctx context.Context, subject string, doc proto.Message) (bool, error) {
	if err := w.erase(ctx); err != nil {
		return false, err
	}
	digest, err := digestOf(doc)
	if err != nil {
		return false, fmt.Errorf("publish %s: %w", subject, err)
	}
	before, there := w.known[subject]
	if before.digest == digest {
		return false, nil
	}
	if err := beforeDocument.Hit(ctx); err != nil {
		return false, err
	}
	sequence, err := w.publish(ctx, subject, doc)
	if errors.Is(err, ErrFull) && there {
		// What was taken back must go even when there is no room for what is left.
		if erased := w.stream.SecureDeleteMsg(ctx, before.sequence); erased == nil {
			delete(w.known, subject)
		}
	}
	if err != nil {
		return false, err
	}
	w.known[subject] = stored{sequence, digest}
	if there {
		w.waste = append(w.waste, before.sequence)
	}
	if err := beforeErase.Hit(ctx); err != nil {
		return false, err
	}
	if err := w.erase(ctx); err != nil {
		return false, err
	}
	return true, afterDocument.Hit(ctx)
}

// Retire empties the documents that keep does not know, and returns how many.
func (w *Writer) Retire(ctx context.Context, keep func(subject string) bool) (retired int, err error) {
	for subject, s := range w.known {
		if keep(subject) || s.digest == [sha256.Size]byte{} {
			continue
		}
		changed, err := w.Put(ctx, subject, &statusv1.IncidentDocument{})
		if err != nil {
			return retired, err
		}
		if changed {
			retired++
		}
	}
	return retired, nil
}

// Documents is how many documents show anything.
func (w *Writer) Documents() (number int) {
	for _, s := range w.known {
		if s.digest != [sha256.Size]byte{} {
			number++
		}
	}
	return number
}

// Mark says how far this relay came. Everything that was put before is there when
// the mark is.
func (w *Writer) Mark(ctx context.Context, mark *statusv1.RelayMark) error {
	if err := beforeMark.Hit(ctx); err != nil {
		return err
	}
	mark.Relay = w.relay
	sequence, err := w.publish(ctx, subjectMark, mark)
	if err != nil {
		return err
	}
	w.mark = sequence
	return afterMark.Hit(ctx)
}

// digestOf is a digest of what customers can see of a document; zero for nothing.
func digestOf(doc proto.Message) (digest [sha256.Size]byte, err error) {
	shown := proto.Clone(doc)
	switch d := shown.(type) {
	case *statusv1.PageDocument:
		d.SourceEpoch, d.SourceSequence = "", 0
	case *statusv1.IncidentDocument:
		d.SourceEpoch, d.SourceSequence = "", 0
	}
	if proto.Size(shown) == 0 {
		return digest, nil
	}
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(shown)
	if err != nil {
		return digest, fmt.Errorf("encode: %w", err)
	}
	return sha256.Sum256(data), nil
}

// erase removes the versions that were replaced.
func (w *Writer) erase(ctx context.Context) error {
	for len(w.waste) > 0 {
		if err := w.stream.SecureDeleteMsg(ctx, w.waste[0]); err != nil {
			if _, there := w.stream.GetMsg(ctx, w.waste[0]); !errors.Is(there, jetstream.ErrMsgNotFound) {
				return fmt.Errorf("erase what was replaced: %w", err)
			}
		}
		w.waste = w.waste[1:]
	}
	return nil
}

// Codes of the server.
const (
	codeTooLarge  = 10054 // the message exceeds what the stream takes
	codeFull      = 10077 // the stream has reached its byte limit
	codeOvertaken = 10071 // the expected sequence is not the last
)

// publish stores a message if the last mark is ours, and returns its sequence. An
// unknown outcome is an error; storing again is safe.
func (w *Writer) publish(ctx context.Context, subject string, doc proto.Message) (uint64, error) {
	data, err := proto.Marshal(doc)
	if err != nil {
		return 0, fmt.Errorf("publish %s: %w", subject, err)
	}
	const headers = 512
	if limit := w.js.Conn().MaxPayload(); limit > 0 && int64(len(data))+headers > limit {
		return 0, fmt.Errorf("publish %s: %d bytes: %w", subject, len(data), ErrTooLarge)
	}
	if w.room != nil && !w.room() {
		return 0, fmt.Errorf("publish %s: %w", subject, ErrFull)
	}
	ack, err := w.js.Publish(ctx, subject, data, jetstream.WithExpectLastSequenceForSubject(w.mark, subjectMark))
	if err == nil {
		return ack.Sequence, nil
	}
	api, _ := errors.AsType[*jetstream.APIError](err)
	switch {
	case errors.Is(err, nats.ErrMaxPayload), api != nil && api.ErrorCode == codeTooLarge:
		err = ErrTooLarge
	case api != nil && api.ErrorCode == codeFull:
		err = ErrFull
	case api != nil && api.ErrorCode == codeOvertaken:
		err = w.overtaken(ctx)
	}
	return 0, fmt.Errorf("publish %s: %w", subject, err)
}

// errMarked: the last mark is ours, but we were not told that it was stored.
var errMarked = errors.New("the mark was stored, as it turns out: try again")

// overtaken finds out whose mark is the last one.
func (w *Writer) overtaken(ctx context.Context) error {
	mark, sequence, err := lastMark(ctx, w.stream)
	if err != nil {
		return err
	}
	if mark.GetRelay() != w.relay {
		return ErrOvertaken
	}
	w.mark = sequence
	return errMarked
}

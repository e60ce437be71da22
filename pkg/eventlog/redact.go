package eventlog

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	logv1 "github.com/bridgelog/bridgelog/proto/gen/log/v1"
)

// The instants at which a redaction may be interrupted; [Sweep] finishes it.
var (
	pointBeforeRecord = failpoint.New("redact.before_record")
	pointBeforeErase  = failpoint.New("redact.before_erase")
	pointBetweenErase = failpoint.New("redact.between_erasures")
	pointAfterErase   = failpoint.New("redact.after_erase")
)

// Redaction asks to take away what one event says.
type Redaction struct {
	// Subject and Revision name the event.
	Subject  string
	Revision uint64
	// Entry is the sealed commit that records the act on the same subject: who
	// redacted which revision, and why. Its actor, principal, times and trace are
	// taken over into the redaction record.
	Entry Append
}

// Redact records the redaction and erases the original.
//
// One atomic batch holds the entry and, on the subject redaction.<sequence> of
// the message that holds the event, the whole commit without the redacted
// content and salt. Then the message is erased; readers get the replacement in
// its place. When an earlier redaction already replaced the commit, its
// replacement is replaced in turn, and explained by a third message.
//
// It returns the entry's position. Repeating it with the same entry is safe and
// finishes what an interruption left. [ErrAlreadyRedacted] when another entry
// did it before; [ErrNotFound]; [ErrConflict] when the subject moved on.
func Redact(ctx context.Context, log Log, r Redaction) (Position, error) {
	position, erase, err := record(ctx, log, r)
	if err != nil {
		return Position{}, fmt.Errorf("redact %s revision %d: %w", r.Subject, r.Revision, err)
	}
	if err := pointBeforeErase.Hit(ctx); err != nil {
		return position, err
	}
	for i, sequence := range erase {
		if i > 0 {
			if err := pointBetweenErase.Hit(ctx); err != nil {
				return position, err
			}
		}
		if err := log.Erase(ctx, sequence); err != nil {
			return position, fmt.Errorf("redact %s revision %d: %w", r.Subject, r.Revision, err)
		}
	}
	return position, pointAfterErase.Hit(ctx)
}

// record appends the batch, unless it is there, and returns which messages are
// to be erased.
func record(ctx context.Context, log Log, r Redaction) (Position, []uint64, error) {
	target, err := find(ctx, log, r)
	if err != nil {
		return Position{}, nil, err
	}
	batch, erase, err := plan(ctx, log, r, target)
	if errors.Is(err, chain.ErrRedacted) {
		return repeated(ctx, log, r, target)
	}
	if err != nil {
		return Position{}, nil, err
	}
	if err := pointBeforeRecord.Hit(ctx); err != nil {
		return Position{}, nil, err
	}
	positions, err := log.AppendBatch(ctx, batch)
	if err != nil {
		return Position{}, nil, err
	}
	return positions[0], erase, nil
}

// find returns the message that holds the revision, as readers see it.
func find(ctx context.Context, log Log, r Redaction) (Message, error) {
	messages, err := log.Load(ctx, r.Subject, 0)
	if err != nil {
		return Message{}, err
	}
	for _, m := range messages {
		head, err := chain.HeadOf(m.Data)
		if err != nil {
			return Message{}, fmt.Errorf("message %d: %w", m.Sequence, err)
		}
		if head.Revision >= r.Revision {
			return m, nil
		}
	}
	return Message{}, ErrNotFound
}

// plan builds the batch for a target, and what is to be erased afterwards. It
// returns chain.ErrRedacted when the content is gone already.
func plan(ctx context.Context, log Log, r Redaction, target Message) ([]Append, []uint64, error) {
	replaced, err := chain.RedactCommit(target.Data, r.Revision)
	if err != nil {
		return nil, nil, err
	}
	earlier, err := log.Last(ctx, RedactionSubject(target.Sequence))
	switch {
	case errors.Is(err, ErrNotFound):
		replacement, err := seal(r, replacementFacts(target, r.Revision), replaced, nil)
		return []Append{r.Entry, replacement}, []uint64{target.Sequence}, err
	case err != nil:
		return nil, nil, err
	}
	// The earlier redaction may have been interrupted before its target was
	// erased; then the target is still the original, and must not come back.
	current, err := ReplacementOf(earlier)
	if err != nil {
		return nil, nil, err
	}
	if replaced, err = chain.RedactCommit(current.Data, r.Revision); err != nil {
		return nil, nil, err
	}
	return planAgain(ctx, log, r, target, replaced, earlier)
}

// planAgain replaces the replacement: the record that holds it is itself
// redacted, and explained under the sequence at which it stood.
func planAgain(ctx context.Context, log Log, r Redaction, target Message, replaced []byte, earlier Message) ([]Append, []uint64, error) {
	replacement, err := seal(r, replacementFacts(target, r.Revision), replaced, &earlier)
	if err != nil {
		return nil, nil, err
	}
	head, err := chain.HeadOf(earlier.Data)
	if err != nil {
		return nil, nil, err
	}
	emptied, err := chain.RedactCommit(earlier.Data, head.Revision)
	if err != nil {
		return nil, nil, err
	}
	if last, err := log.LastSequence(ctx, RedactionSubject(earlier.Sequence)); err != nil || last > 0 {
		return nil, nil, errors.Join(err, ErrConflict)
	}
	explained, err := seal(r, replacementFacts(earlier, head.Revision), emptied, nil)
	return []Append{r.Entry, replacement, explained}, []uint64{target.Sequence, earlier.Sequence}, err
}

func replacementFacts(m Message, revision uint64) *logv1.Replacement {
	return &logv1.Replacement{Subject: m.Subject, Sequence: m.Sequence, Previous: m.Previous, Revision: revision}
}

// seal makes the message of a redaction subject that continues after earlier,
// which may be nil.
func seal(r Redaction, facts *logv1.Replacement, replaced []byte, earlier *Message) (Append, error) {
	by, err := firstEnvelope(r.Entry.Data)
	if err != nil {
		return Append{}, fmt.Errorf("entry: %w", err)
	}
	encoded, err := proto.Marshal(facts)
	if err != nil {
		return Append{}, fmt.Errorf("facts: %w", err)
	}
	subject := RedactionSubject(facts.GetSequence())
	a := Append{Subject: subject, Header: r.Entry.Header}
	var head chain.Head
	if earlier != nil {
		a.Expect = earlier.Sequence
		if head, err = chain.HeadOf(earlier.Data); err != nil {
			return Append{}, err
		}
	}
	draft := chain.Draft{
		// The id follows from the entry's, so that a repetition finds itself.
		EventID: by.EventID + "/" + subject, Type: ReplacementType, OccurredAt: by.OccurredAt(),
		Facts: encoded, Content: replaced, Actor: by.Actor, Principal: by.Principal, Ignorable: true,
	}
	request := chain.Request{TraceParent: by.TraceParent}
	a.Data, _, err = chain.Seal(head, subject, []chain.Draft{draft}, request, by.RecordedAt().Truncate(time.Microsecond), rand.Reader)
	return a, err
}

// repeated tells whether the redaction that is there is the one that was asked
// for, and what of it may still have to be erased.
func repeated(ctx context.Context, log Log, r Redaction, target Message) (Position, []uint64, error) {
	messages, err := log.Load(ctx, r.Subject, r.Entry.Expect)
	if err != nil {
		return Position{}, nil, err
	}
	if len(messages) == 0 || !SameCommit(messages[0].Data, r.Entry.Data) {
		return Position{}, nil, ErrAlreadyRedacted
	}
	position, err := messages[0].Position()
	erase := []uint64{target.Sequence}
	for superseded := range superseded(ctx, log, target.Sequence) {
		erase = append(erase, superseded)
	}
	return position, erase, err
}

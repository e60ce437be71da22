package eventlog

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	logv1 "github.com/bridgelog/bridgelog/proto/gen/log/v1"
)

// ReplacementType is the type of the one event of a redaction subject. Its facts
// are a log.v1.Replacement, its content the replaced commit.
const ReplacementType = "redaction.recorded"

// ReplacementOf returns the message that a redaction record puts in the place of
// the redacted one. m is the last message of a redaction subject. The result
// has m's epoch.
func ReplacementOf(m Message) (Message, error) {
	sequence, ok := RedactedSequence(m.Subject)
	if !ok {
		return Message{}, fmt.Errorf("replacement from %q: %w", m.Subject, ErrInvalid)
	}
	c, err := chain.Open(m.Data)
	if err != nil {
		return Message{}, fmt.Errorf("replacement of message %d: %w", sequence, err)
	}
	r := c.Records[len(c.Records)-1]
	var facts logv1.Replacement
	if err := proto.Unmarshal(r.Facts, &facts); err != nil {
		return Message{}, fmt.Errorf("replacement of message %d: %w", sequence, chain.ErrMalformed)
	}
	if facts.GetSequence() != sequence || r.Redacted || len(r.Content) == 0 {
		return Message{}, fmt.Errorf("replacement of message %d: %w", sequence, ErrNoReplacement)
	}
	return Message{
		Subject: facts.GetSubject(), Sequence: sequence, Previous: facts.GetPrevious(),
		Epoch: m.Epoch, Data: r.Content, Replaced: true,
	}, nil
}

// CheckErase returns [ErrNoReplacement] unless replacement may stand for
// original: same place, same subject, same envelopes and facts.
func CheckErase(original, replacement Message) error {
	if original.Sequence != replacement.Sequence || original.Subject != replacement.Subject ||
		original.Previous != replacement.Previous || !chain.SameEnvelopes(original.Data, replacement.Data) {
		return fmt.Errorf("erase message %d: %w", original.Sequence, ErrNoReplacement)
	}
	return nil
}

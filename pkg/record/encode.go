package record

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Encode prepares an event for writing: type, facts, content and the mark for
// readers that do not know the type. The caller adds event id, time and actor.
// It returns [ErrNotStorable] for text that is not valid UTF-8 and for an
// incident.Unrecognized.
func Encode(e incident.Event) (chain.Draft, error) {
	var enc encoder
	e.Accept(&enc)
	if enc.unknown {
		return chain.Draft{}, fmt.Errorf("encode %q: %w: its type is not known", e.Type(), ErrNotStorable)
	}
	facts, err := marshal(enc.facts)
	if err != nil {
		return chain.Draft{}, fmt.Errorf("encode facts of %s: %w: %w", e.Type(), ErrNotStorable, err)
	}
	content, err := marshal(enc.content)
	if err != nil {
		return chain.Draft{}, fmt.Errorf("encode content of %s: %w: %w", e.Type(), ErrNotStorable, err)
	}
	return chain.Draft{Type: e.Type(), Facts: facts, Content: content, Ignorable: incident.Ignorable(e)}, nil
}

// encoder finds the messages of an event; its methods stand beside those that
// decode. A message that stays nil is one that the type does not have.
type encoder struct {
	facts, content proto.Message
	unknown        bool
}

var _ incident.Visitor = (*encoder)(nil)

func (e *encoder) VisitUnrecognized(incident.Unrecognized) { e.unknown = true }

// marshal encodes a message so that equal messages of one version give equal
// bytes. No reader relies on that: stored bytes are never encoded again.
func marshal(m proto.Message) ([]byte, error) {
	if m == nil {
		return nil, nil
	}
	return proto.MarshalOptions{Deterministic: true}.Marshal(m)
}

// micros is the stored form of a time that may be absent: 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

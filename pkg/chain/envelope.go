package chain

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of log.v1.Envelope.
const (
	envEventID           = 1
	envSubject           = 2
	envRevision          = 3
	envType              = 4
	envOccurredAt        = 5
	envRecordedAt        = 6
	envClockAdjusted     = 7
	envActor             = 8
	envPrincipal         = 9
	envRequestID         = 10
	envRequestDigest     = 11
	envTraceParent       = 12
	envPrevHash          = 13
	envFactsHash         = 14
	envContentCommitment = 15
	envIgnorable         = 16
)

// ParseEnvelope decodes an envelope. The result shares no memory with data. It
// accepts exactly what a protobuf decoder of log.v1.Envelope accepts; anything
// else is [ErrMalformed].
func ParseEnvelope(data []byte) (Envelope, error) {
	var e Envelope
	// One copy instead of one per field: the strings point into it.
	own := append([]byte(nil), data...)
	err := eachField(own, func(num protowire.Number, typ protowire.Type, value field) error {
		switch typ {
		case protowire.VarintType:
			e.setNumber(num, value.varint)
		case protowire.BytesType:
			return e.setBytes(num, value.bytes)
		}
		return nil
	})
	if err != nil {
		return Envelope{}, fmt.Errorf("parse envelope: %w", err)
	}
	return e, nil
}

func (e *Envelope) setNumber(num protowire.Number, v uint64) {
	switch num {
	case envRevision:
		e.Revision = v
	case envOccurredAt:
		e.OccurredAtMicros = int64(v)
	case envRecordedAt:
		e.RecordedAtMicros = int64(v)
	case envClockAdjusted:
		e.ClockAdjusted = v != 0
	case envIgnorable:
		e.Ignorable = v != 0
	}
}

func (e *Envelope) setBytes(num protowire.Number, b []byte) error {
	switch num {
	case envRequestDigest:
		e.RequestDigest = b
		return nil
	case envPrevHash:
		e.PrevHash = b
		return nil
	case envFactsHash:
		e.FactsHash = b
		return nil
	case envContentCommitment:
		e.ContentCommitment = b
		return nil
	}
	target := e.stringField(num)
	if target == nil {
		return nil
	}
	s, err := text(b)
	if err != nil {
		return err
	}
	*target = s
	return nil
}

func (e *Envelope) stringField(num protowire.Number) *string {
	switch num {
	case envEventID:
		return &e.EventID
	case envSubject:
		return &e.Subject
	case envType:
		return &e.Type
	case envActor:
		return &e.Actor
	case envPrincipal:
		return &e.Principal
	case envRequestID:
		return &e.RequestID
	case envTraceParent:
		return &e.TraceParent
	}
	return nil
}

// append encodes the envelope: fields in ascending order, defaults left out.
func (e *Envelope) append(b []byte) []byte {
	b = appendBytes(b, envEventID, e.EventID)
	b = appendBytes(b, envSubject, e.Subject)
	b = appendNumber(b, envRevision, e.Revision)
	b = appendBytes(b, envType, e.Type)
	b = appendNumber(b, envOccurredAt, uint64(e.OccurredAtMicros))
	b = appendNumber(b, envRecordedAt, uint64(e.RecordedAtMicros))
	b = appendNumber(b, envClockAdjusted, protowire.EncodeBool(e.ClockAdjusted))
	b = appendBytes(b, envActor, e.Actor)
	b = appendBytes(b, envPrincipal, e.Principal)
	b = appendBytes(b, envRequestID, e.RequestID)
	b = appendBytes(b, envRequestDigest, e.RequestDigest)
	b = appendBytes(b, envTraceParent, e.TraceParent)
	b = appendBytes(b, envPrevHash, e.PrevHash)
	b = appendBytes(b, envFactsHash, e.FactsHash)
	b = appendBytes(b, envContentCommitment, e.ContentCommitment)
	return appendNumber(b, envIgnorable, protowire.EncodeBool(e.Ignorable))
}

func appendBytes[T string | []byte](b []byte, num protowire.Number, v T) []byte {
	if len(v) == 0 {
		return b
	}
	b = protowire.AppendTag(b, num, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(len(v)))
	return append(b, v...)
}

func appendNumber(b []byte, num protowire.Number, v uint64) []byte {
	if v == 0 {
		return b
	}
	b = protowire.AppendTag(b, num, protowire.VarintType)
	return protowire.AppendVarint(b, v)
}

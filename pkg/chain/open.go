package chain

import (
	"fmt"
	"unicode/utf8"
	"unsafe"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of log.v1.Commit and log.v1.Record.
const (
	commitRecords     = 1
	commitRequestSalt = 2

	recordEnvelope = 1
	recordFacts    = 2
	recordContent  = 3
	recordSalt     = 4
	recordRedacted = 5
)

// Open splits a message into its records without copying and without decoding
// the envelopes. It accepts exactly what a protobuf decoder of log.v1.Commit
// accepts, except that a commit without a record is [ErrMalformed] too.
func Open(data []byte) (Commit, error) {
	var c Commit
	err := eachField(data, func(num protowire.Number, typ protowire.Type, value field) error {
		switch {
		case num == commitRecords && typ == protowire.BytesType:
			record, err := openRecord(value.bytes)
			if err != nil {
				return err
			}
			c.Records = append(c.Records, record)
		case num == commitRequestSalt && typ == protowire.BytesType:
			c.RequestSalt = value.bytes
		}
		return nil
	})
	if err != nil {
		return Commit{}, fmt.Errorf("open commit: %w", err)
	}
	if len(c.Records) == 0 {
		return Commit{}, fmt.Errorf("open commit: no record: %w", ErrMalformed)
	}
	return c, nil
}

func openRecord(data []byte) (Record, error) {
	var r Record
	err := eachField(data, func(num protowire.Number, typ protowire.Type, value field) error {
		if typ == protowire.VarintType && num == recordRedacted {
			r.Redacted = value.varint != 0
			return nil
		}
		if typ != protowire.BytesType {
			return nil
		}
		switch num {
		case recordEnvelope:
			r.EnvelopeBytes = value.bytes
		case recordFacts:
			r.Facts = value.bytes
		case recordContent:
			r.Content = value.bytes
		case recordSalt:
			r.Salt = value.bytes
		}
		return nil
	})
	return r, err
}

// LastHash is the hash of the last record of an encoded commit.
func LastHash(data []byte) (Hash, error) {
	c, err := Open(data)
	if err != nil {
		return Hash{}, err
	}
	return c.Records[len(c.Records)-1].Hash(), nil
}

// field is the value of one field on the wire; which member is set depends on
// its type.
type field struct {
	bytes  []byte
	varint uint64
	// raw is the whole field, tag included.
	raw []byte
}

// eachField walks the fields of an encoded message.
func eachField(data []byte, visit func(protowire.Number, protowire.Type, field) error) error {
	for len(data) > 0 {
		num, typ, n := protowire.ConsumeTag(data)
		if n < 0 || num > protowire.MaxValidNumber {
			return ErrMalformed
		}
		var value field
		var size int
		switch typ {
		case protowire.BytesType:
			value.bytes, size = protowire.ConsumeBytes(data[n:])
		case protowire.VarintType:
			value.varint, size = protowire.ConsumeVarint(data[n:])
		default:
			size = protowire.ConsumeFieldValue(num, typ, data[n:])
		}
		if size < 0 {
			return ErrMalformed
		}
		value.raw = data[:n+size]
		if err := visit(num, typ, value); err != nil {
			return err
		}
		data = data[n+size:]
	}
	return nil
}

// text returns a string over bytes that nobody changes, checked as proto3
// demands.
func text(b []byte) (string, error) {
	if !utf8.Valid(b) {
		return "", ErrMalformed
	}
	return unsafe.String(unsafe.SliceData(b), len(b)), nil //nolint:gosec // the caller made a copy that nobody changes
}

package chain

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// RedactCommit returns the encoded commit without the content and the salt of
// the record with the given revision, and without the request's salt. Everything
// else, fields unknown to this version included, stays byte for byte, so hashes
// and other records verify as before. It returns [ErrNoSuchRevision], or
// [ErrRedacted] when the record has no content any more.
func RedactCommit(data []byte, revision uint64) ([]byte, error) {
	out := make([]byte, 0, len(data))
	found := false
	err := eachField(data, func(num protowire.Number, typ protowire.Type, value field) error {
		if typ == protowire.BytesType && num == commitRequestSalt {
			return nil
		}
		if typ != protowire.BytesType || num != commitRecords {
			out = append(out, value.raw...)
			return nil
		}
		match, err := isRevision(value.bytes, revision)
		if err != nil {
			return err
		}
		if !match {
			out = append(out, value.raw...)
			return nil
		}
		found = true
		body, err := redactRecord(value.bytes)
		if err != nil {
			return err
		}
		out = protowire.AppendTag(out, commitRecords, protowire.BytesType)
		out = protowire.AppendBytes(out, body)
		return nil
	})
	if err == nil && !found {
		err = ErrNoSuchRevision
	}
	if err != nil {
		return nil, fmt.Errorf("redact revision %d: %w", revision, err)
	}
	return out, nil
}

func isRevision(record []byte, revision uint64) (bool, error) {
	r, err := openRecord(record)
	if err != nil {
		return false, err
	}
	e, err := r.Envelope()
	return e.Revision == revision, err
}

func redactRecord(record []byte) ([]byte, error) {
	out := make([]byte, 0, len(record))
	err := eachField(record, func(num protowire.Number, typ protowire.Type, value field) error {
		switch {
		case typ == protowire.BytesType && (num == recordContent || num == recordSalt):
			return nil
		case typ == protowire.VarintType && num == recordRedacted:
			if value.varint != 0 {
				return ErrRedacted
			}
			return nil
		}
		out = append(out, value.raw...)
		return nil
	})
	return appendNumber(out, recordRedacted, 1), err
}

// SameEnvelopes tells whether two encoded commits hold the same envelopes and
// the same facts, as a commit and its redaction do.
func SameEnvelopes(a, b []byte) bool {
	x, errX := Open(a)
	y, errY := Open(b)
	if errX != nil || errY != nil || len(x.Records) != len(y.Records) {
		return false
	}
	for i := range x.Records {
		if string(x.Records[i].EnvelopeBytes) != string(y.Records[i].EnvelopeBytes) || string(x.Records[i].Facts) != string(y.Records[i].Facts) {
			return false
		}
	}
	return true
}

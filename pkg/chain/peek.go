package chain

import "google.golang.org/protobuf/encoding/protowire"

// Type is the type of the event, read without decoding the rest of the envelope;
// empty when the envelope has none or cannot be read. The bytes belong to the
// record. It is for readers that pass over most events.
func (r *Record) Type() []byte {
	for b := r.EnvelopeBytes; len(b) > 0; {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil
		}
		b = b[n:]
		if number == envType && kind == protowire.BytesType {
			value, n := protowire.ConsumeBytes(b)
			if n < 0 {
				return nil
			}
			return value
		}
		n = protowire.ConsumeFieldValue(number, kind, b)
		if n < 0 {
			return nil
		}
		b = b[n:]
	}
	return nil
}

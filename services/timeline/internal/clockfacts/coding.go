package clockfacts

import (
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
)

// Encode returns facts as they are stored, in CBOR (RFC 8949): the same bytes for the
// same facts, since there are no maps, and none for those of an incident that was not
// declared. Times are kept in whole microseconds, as the log does.
func Encode(f clock.Facts) ([]byte, error) {
	if f.Declared.Never() {
		return []byte{}, nil
	}
	data, err := cbor.Marshal(pack(&f))
	if err != nil {
		return nil, fmt.Errorf("encode facts for clocks: %w", err)
	}
	return data, nil
}

// Decode reads facts that [Encode] wrote.
func Decode(data []byte) (clock.Facts, error) {
	if len(data) == 0 {
		return clock.Facts{}, nil
	}
	var s stored
	if err := cbor.Unmarshal(data, &s); err != nil {
		return clock.Facts{}, fmt.Errorf("read facts for clocks: %w", err)
	}
	return s.unpack(), nil
}

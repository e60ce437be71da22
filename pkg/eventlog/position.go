package eventlog

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/chain"
)

// Position names one message of one log, or the beginning (Sequence 0).
type Position struct {
	// Epoch is the log's.
	Epoch string
	// Sequence is the message's place in the log; 0 is the beginning.
	Sequence uint64
	// Hash is that of the envelope of the message's last record. A redaction
	// does not change it.
	Hash [32]byte
}

// positionVersion begins every token, so that its form can change.
const positionVersion = "p1"

// IsStart tells whether the position is the beginning of a log.
func (p Position) IsStart() bool { return p.Sequence == 0 }

// String returns the position as an opaque token without spaces that
// [ParsePosition] reads back. The zero Position is the empty string.
func (p Position) String() string {
	if p == (Position{}) {
		return ""
	}
	token := positionVersion + "." + p.Epoch + "." + strconv.FormatUint(p.Sequence, 10)
	if p.Sequence == 0 {
		return token
	}
	return token + "." + hex.EncodeToString(p.Hash[:])
}

// ParsePosition reads a token. Anything that String did not write is
// [ErrInvalid].
func ParsePosition(token string) (Position, error) {
	if token == "" {
		return Position{}, nil
	}
	parts := strings.Split(token, ".")
	if len(parts) < 3 || len(parts) > 4 || parts[0] != positionVersion {
		return Position{}, fmt.Errorf("parse position %.80q: %w", token, ErrInvalid)
	}
	sequence, err := strconv.ParseUint(parts[2], 10, 64)
	if err != nil {
		return Position{}, fmt.Errorf("parse position %.80q: %w", token, ErrInvalid)
	}
	p := Position{Epoch: parts[1], Sequence: sequence}
	if len(parts) == 4 {
		hash, err := hex.DecodeString(parts[3])
		if err != nil || len(hash) != len(p.Hash) {
			return Position{}, fmt.Errorf("parse position %.80q: %w", token, ErrInvalid)
		}
		copy(p.Hash[:], hash)
	}
	if p.String() != token {
		return Position{}, fmt.Errorf("parse position %.80q: %w", token, ErrInvalid)
	}
	return p, nil
}

// Position returns where the message stands. It costs one hash; readers that
// handle messages in batches need it only for the last one.
func (m Message) Position() (Position, error) {
	hash, err := chain.LastHash(m.Data)
	if err != nil {
		return Position{}, fmt.Errorf("position of message %d: %w", m.Sequence, err)
	}
	return Position{Epoch: m.Epoch, Sequence: m.Sequence, Hash: hash}, nil
}

// VerifyPosition checks that p belongs to the log that ends at head, of which
// only epoch and sequence are used. at returns the message at a sequence, or
// its replacement. The zero Position belongs to every log.
func VerifyPosition(p, head Position, at func(uint64) (Message, error)) error {
	if p == (Position{}) {
		return nil
	}
	if p.Epoch != head.Epoch {
		return &PositionError{Reason: ReasonEpoch, Position: p, Head: head}
	}
	if p.Sequence > head.Sequence {
		return &PositionError{Reason: ReasonAhead, Position: p, Head: head}
	}
	if p.Sequence == 0 {
		return nil
	}
	m, err := at(p.Sequence)
	if err != nil {
		return fmt.Errorf("verify position: %w", err)
	}
	found, err := m.Position()
	if err != nil {
		return err
	}
	if found.Hash != p.Hash {
		return &PositionError{Reason: ReasonHash, Position: p, Head: head}
	}
	return nil
}

package page

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"
)

// ErrInvalid means that a token is not one of this list with these filters.
var ErrInvalid = errors.New("this page token does not belong to this list: begin again without one")

// Cursor is the last item of a page. What its fields mean is up to the list.
type Cursor struct {
	// Micros is a time in microseconds since 1970.
	Micros int64
	// Number tells items of the same time apart.
	Number uint64
	// ID tells items of the same time and number apart.
	ID string
}

const (
	version    = 1
	digestSize = 8
	headerSize = 1 + digestSize + 8 + 8
	maxID      = 256
)

// Scope says which list with which filters a token belongs to.
type Scope [digestSize]byte

// ScopeOf returns the scope of a list, by name and by a request of which the
// parts that may differ from page to page are cleared already.
func ScopeOf(list string, request proto.Message) (Scope, error) {
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(request)
	if err != nil {
		return Scope{}, fmt.Errorf("scope of %s: %w", list, err)
	}
	sum := sha256.Sum256(append([]byte(list+"\x00"), data...))
	return Scope(sum[:digestSize]), nil
}

// Encode returns the token of the page after an item.
func Encode(s Scope, c Cursor) string {
	data := make([]byte, 0, headerSize+len(c.ID))
	data = append(data, version)
	data = append(data, s[:]...)
	data = binary.BigEndian.AppendUint64(data, uint64(c.Micros))
	data = binary.BigEndian.AppendUint64(data, c.Number)
	data = append(data, c.ID...)
	return base64.RawURLEncoding.EncodeToString(data)
}

// Decode reads a token of a list. The empty token is the first page: the zero
// Cursor and false. Any other text that Encode did not write for the scope is
// [ErrInvalid].
func Decode(s Scope, token string) (Cursor, bool, error) {
	if token == "" {
		return Cursor{}, false, nil
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(data) < headerSize || len(data) > headerSize+maxID || data[0] != version || Scope(data[1:1+digestSize]) != s {
		return Cursor{}, false, ErrInvalid
	}
	rest := data[1+digestSize:]
	c := Cursor{
		Micros: int64(binary.BigEndian.Uint64(rest)), Number: binary.BigEndian.Uint64(rest[8:]), ID: string(rest[16:]),
	}
	// Postgres knows neither numbers beyond 63 bits nor NUL, and times have an end.
	if c.Number > 1<<62 || c.Micros < minMicros || c.Micros > maxMicros || !isWord(c.ID) {
		return Cursor{}, false, ErrInvalid
	}
	return c, true, nil
}

// The years 1 to 9999 in microseconds since 1970.
const (
	minMicros = -62135596800000000
	maxMicros = 253402300799999999
)

// isWord reports whether s can be an id: letters, digits, '-', '_' and '.'.
func isWord(s string) bool {
	for i := range len(s) {
		switch b := s[i]; {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9', b == '-', b == '_', b == '.':
		default:
			return false
		}
	}
	return true
}

package derived

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// ID hashes parts so that no two lists of parts share an id by accident of where one
// part ends. It is 32 hexadecimal digits, which stay what they are for ever.
func ID(parts ...string) string {
	var b strings.Builder
	for _, part := range parts {
		b.WriteString(strconv.Itoa(len(part)))
		b.WriteByte(':')
		b.WriteString(part)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}

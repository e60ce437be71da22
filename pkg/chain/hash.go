package chain

import (
	"crypto/sha256"
	"encoding/hex"
)

// HashSize is the length of every hash in bytes.
const HashSize = sha256.Size

// SaltSize is the length of every salt in bytes.
const SaltSize = 16

// The first byte of each hashed string says what is hashed, so that no string
// of one kind can stand for one of another.
const (
	domainContent  = 0x00
	domainEnvelope = 0x01
	domainRequest  = 0x02
)

// Hash is a SHA-256 hash.
type Hash [HashSize]byte

// String returns the hash in lower-case hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero tells whether the hash is unset.
func (h Hash) IsZero() bool { return h == Hash{} }

// HashEnvelope is the hash of an event: SHA-256(0x01 || envelope).
func HashEnvelope(envelope []byte) Hash { return hashParts(domainEnvelope, envelope, nil) }

// CommitContent is the commitment to content: SHA-256(0x00 || salt || content).
func CommitContent(salt, content []byte) Hash { return hashParts(domainContent, salt, content) }

// DigestRequest is the digest of a request: SHA-256(0x02 || salt || request).
func DigestRequest(salt, request []byte) Hash { return hashParts(domainRequest, salt, request) }

// HashFacts is SHA-256(facts).
func HashFacts(facts []byte) Hash { return sha256.Sum256(facts) }

func hashParts(domain byte, a, b []byte) Hash {
	var stack [1024]byte
	buf := append(stack[:0], domain)
	buf = append(buf, a...)
	buf = append(buf, b...)
	return sha256.Sum256(buf)
}

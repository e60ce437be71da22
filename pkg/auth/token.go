package auth

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"
)

// TokenPrefix begins every token, so that scanners for leaked secrets and people
// recognise one.
const TokenPrefix = "bl_"

// tokenBytes is the entropy of a token in bytes.
const tokenBytes = 32

// ErrMalformedToken: the text is not a token.
var ErrMalformedToken = errors.New("this is not a Bridgelog token: it has to look like bl_ and 52 letters and digits")

// Token is a bearer token's secret. It is shown to its owner once and never
// stored; String is the only way to see it, and %v and %+v hide it.
type Token struct{ secret [tokenBytes]byte }

// Hash is what is kept of a token: SHA-256 of its text.
type Hash [sha256.Size]byte

// encoding is lower-case base32 without padding: it survives double clicks,
// URLs and systems that fold case.
func encoding() *base32.Encoding {
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
}

// NewToken makes a token from 32 bytes of random (crypto/rand in production).
func NewToken(random io.Reader) (Token, error) {
	var t Token
	if _, err := io.ReadFull(random, t.secret[:]); err != nil {
		return Token{}, fmt.Errorf("make token: %w", err)
	}
	return t, nil
}

// ParseToken reads what [Token.Reveal] wrote, without regard to case. Anything
// else is [ErrMalformedToken]; the error never repeats the text.
func ParseToken(s string) (Token, error) {
	body, ok := strings.CutPrefix(strings.ToLower(s), TokenPrefix)
	if !ok {
		return Token{}, ErrMalformedToken
	}
	raw, err := encoding().DecodeString(body)
	if err != nil || len(raw) != tokenBytes || encoding().EncodeToString(raw) != body {
		return Token{}, ErrMalformedToken
	}
	var t Token
	copy(t.secret[:], raw)
	return t, nil
}

// Reveal returns the token as it is sent in "Authorization: Bearer …".
func (t Token) Reveal() string { return TokenPrefix + encoding().EncodeToString(t.secret[:]) }

// Hash returns what is kept of the token. Since the secret has 256 random bits,
// a plain hash cannot be reversed by guessing.
func (t Token) Hash() Hash { return sha256.Sum256([]byte(t.Reveal())) }

// String hides the secret.
func (t Token) String() string { return TokenPrefix + "…" }

// GoString hides the secret from %#v.
func (t Token) GoString() string { return t.String() }

// IsZero tells whether the hash is unset.
func (h Hash) IsZero() bool { return h == Hash{} }

// ParseHash reads the 32 bytes of a stored hash.
func ParseHash(b []byte) (Hash, bool) {
	var h Hash
	if len(b) != len(h) {
		return Hash{}, false
	}
	copy(h[:], b)
	return h, !h.IsZero()
}

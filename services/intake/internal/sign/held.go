package sign

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
)

// DefaultHeader holds the secret of senders that can add a header and cannot sign.
const DefaultHeader = "X-Bridgelog-Secret"

// verifyHeld compares a header with the secret itself. It says who sends, and nothing
// about the body: whoever reads one such request can write others.
func verifyHeld(name, idHeader string, keys []string, header http.Header, body []byte) (id string, err error) {
	got := header.Get(name)
	if got == "" {
		return "", ErrMissing
	}
	found := 0
	for _, key := range keys {
		// Of digests, so that not even the length of a secret can be measured.
		have, want := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(key))
		found |= subtle.ConstantTimeCompare(have[:], want[:])
	}
	if found == 0 {
		return "", ErrWrong
	}
	if idHeader == "" {
		return "", nil
	}
	return unsigned(header.Get(idHeader), body), nil
}

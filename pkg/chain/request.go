package chain

import "fmt"

// Sameness answers whether a repeated request equals the one that was stored.
type Sameness int

// The answers of [SameRequest].
const (
	// SameUnknowable: a redaction removed what the answer would need.
	SameUnknowable Sameness = iota
	// SameYes: the bodies are equal.
	SameYes
	// SameNo: the bodies differ.
	SameNo
)

// SameRequest compares a request's body with the digest in a commit. The caller
// has already found that the request ids are equal.
func SameRequest(c Commit, body []byte) (Sameness, error) {
	if len(c.Records) == 0 {
		return SameUnknowable, fmt.Errorf("compare requests: %w", ErrMalformed)
	}
	e, err := c.Records[0].Envelope()
	if err != nil {
		return SameUnknowable, fmt.Errorf("compare requests: %w", err)
	}
	if len(c.RequestSalt) == 0 || len(e.RequestDigest) == 0 {
		return SameUnknowable, nil
	}
	if digest := DigestRequest(c.RequestSalt, body); string(digest[:]) == string(e.RequestDigest) {
		return SameYes, nil
	}
	return SameNo, nil
}

package sign

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// MinSecret is the least number of random bytes in a secret. The library would
// sign with an empty one.
const MinSecret = 24

// newSecretSize is how many random bytes a new secret has.
const newSecretSize = 32

// ErrSecret: a secret cannot be used. The text never repeats it.
var ErrSecret = errors.New("a signing secret cannot be used")

// Secret is the key of one receiver. It hides itself when it is printed.
type Secret struct{ key []byte }

// Parse reads "whsec_" and padded base64, or the base64 alone. It returns
// [ErrSecret] for fewer than [MinSecret] bytes.
func Parse(text string) (Secret, error) {
	body := strings.TrimPrefix(strings.TrimSpace(text), "whsec_")
	key, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		return Secret{}, fmt.Errorf("%w: it has to be whsec_ and base64 with padding", ErrSecret)
	}
	if len(key) < MinSecret {
		return Secret{}, fmt.Errorf("%w: it has %d bytes and needs at least %d random ones", ErrSecret, len(key), MinSecret)
	}
	return Secret{key: key}, nil
}

// NewSecret makes a secret of 32 random bytes and returns it as receivers are given
// it.
func NewSecret() string {
	raw := make([]byte, newSecretSize)
	_, _ = rand.Read(raw) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(raw)
}

// String hides the secret.
func (Secret) String() string { return "whsec_…" }

// GoString hides the secret.
func (s Secret) GoString() string { return s.String() }

// Signature returns the value of webhook-signature: one signature by each secret,
// so that a receiver may know the old one or the new one while they change.
func Signature(secrets []Secret, messageID string, at time.Time, body []byte) (string, error) {
	signatures := make([]string, 0, len(secrets))
	for _, secret := range secrets {
		webhook, err := standardwebhooks.NewWebhookRaw(secret.key)
		if err != nil {
			return "", fmt.Errorf("sign: %w", err)
		}
		one, err := webhook.Sign(messageID, at, body)
		if err != nil {
			return "", fmt.Errorf("sign: %w", err)
		}
		signatures = append(signatures, one)
	}
	return strings.Join(signatures, " "), nil
}

package sign

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// MinSecret is the least number of random bytes in a secret. The library would
// sign with an empty one.
const MinSecret = 24

// maxSecretFile bounds what is read from a file, in bytes.
const maxSecretFile = 4096

// ErrSecret: a secret cannot be used. The text never repeats it.
var ErrSecret = errors.New("a signing secret cannot be used")

// Resolve returns the secrets behind references, "env:NAME" or "file:PATH", which
// are read at every call, so that a rotated secret takes effect at once.
func Resolve(references []string) ([]Secret, error) {
	secrets := make([]Secret, 0, len(references))
	for _, reference := range references {
		text, err := read(reference)
		if err != nil {
			return nil, err
		}
		secret, err := Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", reference, err)
		}
		secrets = append(secrets, secret)
	}
	if len(secrets) == 0 {
		return nil, fmt.Errorf("%w: there is none", ErrSecret)
	}
	return secrets, nil
}

func read(reference string) (string, error) {
	if name, ok := strings.CutPrefix(reference, "env:"); ok {
		if text := os.Getenv(name); text != "" {
			return text, nil
		}
		return "", fmt.Errorf("%w: the environment variable %s is not set", ErrSecret, name)
	}
	path, ok := strings.CutPrefix(reference, "file:")
	if !ok {
		return "", fmt.Errorf("%w: a reference is env:NAME or file:PATH", ErrSecret)
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxSecretFile {
		return "", fmt.Errorf("%w: the file %s cannot be read", ErrSecret, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%w: the file %s cannot be read", ErrSecret, path)
	}
	return string(data), nil
}

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

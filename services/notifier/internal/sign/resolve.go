package sign

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/secretref"
)

// ErrExpired: a stored secret has ended; the others still sign.
var ErrExpired = errors.New("the secret has ended")

// Vault keeps secrets that were made here.
type Vault interface {
	// Secret returns the text of a secret, or [ErrExpired].
	Secret(ctx context.Context, id string) (string, error)
}

// rememberFor is how long a stored secret is used without asking again.
const rememberFor = 5 * time.Second

// Resolver finds the secrets behind references. It is safe for concurrent use.
type Resolver struct {
	// Vault finds stored ones; nil: there are none.
	Vault Vault
	// Now is the clock.
	Now func() time.Time

	mu    sync.Mutex
	known map[string]remembered
}

type remembered struct {
	text string
	err  error
	at   time.Time
}

// Resolve returns the secrets behind references: "env:NAME" and "file:PATH" are
// read at every call, so that a rotated secret takes effect at once, "stored:ID"
// within seconds. A stored one that has ended is left out.
func (r *Resolver) Resolve(ctx context.Context, references []string) ([]Secret, error) {
	secrets := make([]Secret, 0, len(references))
	for _, reference := range references {
		text, err := r.read(ctx, reference)
		if errors.Is(err, ErrExpired) {
			continue
		}
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

func (r *Resolver) read(ctx context.Context, reference string) (string, error) {
	if id, ok := strings.CutPrefix(reference, "stored:"); ok {
		return r.stored(ctx, id)
	}
	text, err := secretref.Read(reference)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSecret, err)
	}
	return text, nil
}

// stored asks the vault, or remembers what it said a moment ago.
func (r *Resolver) stored(ctx context.Context, id string) (string, error) {
	if r.Vault == nil {
		return "", fmt.Errorf("%w: no secrets are stored here", ErrSecret)
	}
	now := r.Now()
	r.mu.Lock()
	k, ok := r.known[id]
	r.mu.Unlock()
	if ok && now.Sub(k.at) < rememberFor {
		return k.text, k.err
	}
	text, err := r.Vault.Secret(ctx, id)
	if err != nil && !errors.Is(err, ErrExpired) {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil {
		r.known = map[string]remembered{}
	}
	r.known[id] = remembered{text: text, err: err, at: now}
	return text, err
}

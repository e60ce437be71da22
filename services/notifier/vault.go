package notifier

import (
	"context"
	"fmt"

	"github.com/bridgelog/bridgelog/services/notifier/internal/seal"
	"github.com/bridgelog/bridgelog/services/notifier/internal/sign"
)

// vault opens stored secrets.
type vault struct{ s *Service }

// Secret implements sign.Vault.
func (v vault) Secret(ctx context.Context, id string) (string, error) {
	key, err := v.s.key()
	if err != nil {
		return "", err
	}
	sealed, ended, err := v.s.ledger.Secret(ctx, id)
	if err != nil {
		return "", fmt.Errorf("find stored secret: %w", err)
	}
	if ended {
		return "", sign.ErrExpired
	}
	secret, err := key.Open(id, sealed)
	if err != nil {
		return "", fmt.Errorf("open stored secret: %w", err)
	}
	return string(secret), nil
}

// loadKey reads the key for stored secrets, once.
func (s *Service) loadKey() (*seal.Key, error) {
	if s.config.KeyFile == "" {
		return nil, fmt.Errorf("%w: no file for it is configured", seal.ErrKey)
	}
	return seal.Load(s.config.KeyFile)
}

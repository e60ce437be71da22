package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

// AddSecret keeps a sealed secret of a webhook and ends the older ones at a time.
// It returns how many those are.
func (l *Ledger) AddSecret(ctx context.Context, id, webhook string, sealed []byte, end time.Time) (int64, error) {
	var ended int64
	err := l.transact(ctx, "add secret", func(tx pgx.Tx) error {
		q := l.q.WithTx(tx)
		if err := q.AddSecret(ctx, db.AddSecretParams{ID: id, Webhook: webhook, Sealed: sealed}); err != nil {
			return postgres.Wrap("store", err)
		}
		var err error
		ended, err = q.ExpireSecrets(ctx, db.ExpireSecretsParams{ID: id, Webhook: webhook, At: end})
		return postgres.Wrap("end older ones", err)
	})
	return ended, err
}

// Secret returns a sealed secret and whether it has ended, or [ErrNotFound].
func (l *Ledger) Secret(ctx context.Context, id string) (sealed []byte, ended bool, err error) {
	row, err := l.q.Secret(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, ErrNotFound
	}
	return row.Sealed, row.Expired, postgres.Wrap("read secret", err)
}

package admit

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bridgelog/bridgelog/services/notifier/internal/highwater"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
)

// Gate lets a process act and send once the ledger was compared with the mark. It
// is safe for concurrent use; its fields are set once.
type Gate struct {
	Ledger *ledger.Ledger
	Keeper *highwater.Keeper
	// Stale is how long a delivery may wait for its first attempt while nobody
	// works.
	Stale  time.Duration
	Logger *slog.Logger

	open atomic.Bool
	mu   sync.Mutex
}

// Pass returns nil when the ledger may be trusted, which it finds out if nobody
// has since the gate was closed.
func (g *Gate) Pass(ctx context.Context) error {
	if g.open.Load() {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open.Load() {
		return nil
	}
	mark, err := g.Keeper.Load(ctx)
	if err != nil {
		return fmt.Errorf("admit: %w", err)
	}
	admitted, err := g.Ledger.Admit(ctx, mark, g.Stale)
	if err != nil {
		return fmt.Errorf("admit: %w", err)
	}
	if admitted.WentBack {
		g.Logger.ErrorContext(ctx, "the notifier's database is older than what was sent: deliveries are held, see `bridgelog deliveries list --state held`",
			"held", admitted.Held, "mark_round", mark.Round, "mark_sequence", mark.Sequence)
	} else if admitted.Held > 0 {
		g.Logger.WarnContext(ctx, "deliveries waited too long and are held, see `bridgelog deliveries list --state held`", "held", admitted.Held)
	}
	g.open.Store(true)
	return nil
}

// Close asks for a new comparison: the database may be another one.
func (g *Gate) Close() { g.open.Store(false) }

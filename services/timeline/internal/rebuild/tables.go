package rebuild

import (
	"context"

	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
)

// tables take the rows that are folded to where they are copied, a few at a time.
type tables struct {
	ended     <-chan struct{} // the rebuild was given up
	why       func() error
	incidents chan row.Incident
	entries   chan []byte
}

var _ fold.Sink = (*tables)(nil)

// ahead is how many incidents are folded before those that are being copied.
const ahead = 256

// newTables returns tables that are empty until ctx ends.
func newTables(ctx context.Context) *tables {
	return &tables{
		ended: ctx.Done(), why: ctx.Err,
		incidents: make(chan row.Incident, ahead), entries: make(chan []byte, ahead),
	}
}

// end says that there is nothing more.
func (t *tables) end() {
	close(t.incidents)
	close(t.entries)
}

// Incident implements [fold.Sink].
func (t *tables) Incident(ctx context.Context, r row.Incident) error {
	select {
	case t.incidents <- r:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Entries implements [fold.Sink].
func (t *tables) Entries(ctx context.Context, rows []byte, _ int) error {
	select {
	case t.entries <- rows:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *tables) nextIncident() (*row.Incident, error) {
	select {
	case r, ok := <-t.incidents:
		if !ok {
			return nil, nil
		}
		return &r, nil
	case <-t.ended:
		return nil, t.why()
	}
}

func (t *tables) nextEntries() ([]byte, error) {
	select {
	case rows := <-t.entries: // nil at the end
		return rows, nil
	case <-t.ended:
		return nil, t.why()
	}
}

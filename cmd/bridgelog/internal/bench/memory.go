package bench

import (
	"context"
	"time"

	"github.com/bridgelog/bridgelog/pkg/wait"
)

// idleFor is how long an instance has nothing to do before its memory counts as
// that of an idle one: it gives memory back within ten seconds of its last work.
const idleFor = 20 * time.Second

// idleMemory is the resident memory in bytes, code that is mapped from the binary
// included, of an instance that had nothing to do for a while.
func (i *instance) idleMemory(ctx context.Context) (float64, error) {
	if err := wait.For(ctx, idleFor); err != nil {
		return 0, err
	}
	return i.memory(), nil
}

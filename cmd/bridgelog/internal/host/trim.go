package host

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How memory is given back. Go keeps what a heavy phase needed for the next one,
// and collects an idle process only every two minutes: a system that has read a
// long log at its start would keep a third more than it uses. Between trimEvery,
// less than calmBytes may be allocated; at least workBytes must have been since the
// last time, so that a trim is worth its collection. More follow it: the log's store
// keeps the blocks that were read for ten seconds, and pools let go only at the second
// collection after that.
const (
	trimEvery   = 5 * time.Second
	trimsFollow = 3
	calmBytes   = 16 << 20
	workBytes   = 64 << 20
)

// trimmer decides when memory is given back to the system.
type trimmer struct {
	seen    uint64 // allocated since the start, at the last look
	trimmed uint64 // the same, at the last trim
	follow  int    // how many trims are to follow the last one
}

// look tells whether now is the time, given how many bytes were ever allocated.
func (t *trimmer) look(allocated uint64) bool {
	calm := allocated-t.seen < calmBytes
	t.seen = allocated
	switch {
	case !calm:
		return false
	case allocated-t.trimmed >= workBytes:
		t.follow = trimsFollow
	case t.follow > 0:
		t.follow--
	default:
		return false
	}
	t.trimmed = allocated
	return true
}

// trim gives memory back when a heavy phase is over, until ctx ends.
func trim(ctx context.Context) error {
	ticker := time.NewTicker(trimEvery)
	defer ticker.Stop()
	allocated := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	var t trimmer
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		metrics.Read(allocated)
		if t.look(allocated[0].Value.Uint64()) {
			debug.FreeOSMemory()
		}
	}
}

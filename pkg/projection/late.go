package projection

import (
	"sync"
	"time"
)

// lateAfter is how long the view may lack what is in the log before it is late.
const lateAfter = 10 * time.Second

// lateness tells by measurements whether the view lacks what has been in the log
// for some time. It goes by this process's clock: the times in the log are those of
// whoever wrote it.
type lateness struct {
	mu     sync.Mutex
	heads  []measured // the first is older than lateAfter, if one is
	behind uint64
}

// measured is where the log ended at a time.
type measured struct {
	at   time.Time
	head uint64
}

// note takes a measurement.
func (l *lateness) note(now time.Time, position, head uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heads = append(l.heads, measured{now, head})
	for len(l.heads) > 1 && now.Sub(l.heads[1].at) >= lateAfter {
		l.heads = l.heads[1:]
	}
	l.behind = 0
	if old := l.heads[0]; now.Sub(old.at) >= lateAfter && position < old.head {
		l.behind = head - position
	}
}

// Late returns how many messages the view is behind when it lacks some that have
// been in the log for more than ten seconds, as last measured; else 0.
func (r *Runner) Late() uint64 {
	r.late.mu.Lock()
	defer r.late.mu.Unlock()
	return r.late.behind
}

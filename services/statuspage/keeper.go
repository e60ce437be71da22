package statuspage

import (
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/library"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/public"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/web"
)

// staleAfter is how long ago the relay may last have known that it had published
// everything before the pages say how old they are. It gives a sign every 5 s.
const staleAfter = 30 * time.Second

// keeper takes documents, keeps them in memory and on disk, and renders the pages
// when the documents belong together.
type keeper struct {
	pages  *web.Pages
	disk   library.Disk
	logger *slog.Logger

	mu       sync.Mutex // guards the rest
	library  *library.Library
	dirty    bool            // documents came since the last rendering
	complete bool            // there is something worth showing
	whole    bool            // what the stream holds is all there is
	pruned   bool            // what it does not hold was removed here
	live     bool            // what was there at the beginning was told
	seen     map[string]bool // what was told since the beginning of the watch
	asOf     time.Time       // when the documents were last known to be all; zero: never
	lost     bool            // there is no connection
	staleAt  time.Time       // what the pages say now; zero: nothing
	broken   bool            // the disk does not take copies
	rendered chan struct{}   // holds one value when there is something to copy

	took prometheus.Observer // how long renderings took, in seconds; nil: nobody asks
}

var _ public.Watcher = (*keeper)(nil)

// load takes what is on disk and shows it.
func (k *keeper) load(now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.library, k.asOf = k.disk.Load()
	if len(k.library.Pages()) > 0 {
		k.complete = true
		k.staleAt = k.asOf
		if k.asOf.IsZero() {
			k.staleAt = now
		}
		k.render(now)
	}
}

// begin begins a watch.
func (k *keeper) begin() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.live, k.whole, k.pruned, k.seen = false, false, false, map[string]bool{}
}

// Page implements public.Watcher.
func (k *keeper) Page(name string, doc *statusv1.PageDocument) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen[public.SubjectOfPage(name)] = doc != nil
	k.setPage(name, doc)
}

func (k *keeper) setPage(name string, doc *statusv1.PageDocument) {
	k.dirty = true
	k.library.SetPage(name, doc)
	k.copied(k.disk.SavePage(name, doc))
}

// Incident implements public.Watcher.
func (k *keeper) Incident(id string, doc *statusv1.IncidentDocument) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen[public.SubjectOf(id)] = doc != nil
	k.setIncident(id, doc)
}

func (k *keeper) setIncident(id string, doc *statusv1.IncidentDocument) {
	k.dirty = true
	if err := k.library.SetIncident(id, doc); err != nil {
		k.logger.Error("a public incident cannot be kept", "incident", id, "error", err)
	}
	k.copied(k.disk.SaveIncident(id, doc))
}

// copied says once that the disk does not take copies, and once that it does again.
func (k *keeper) copied(err error) {
	switch {
	case err != nil && !k.broken:
		k.logger.Error("the copy on disk is not up to date", "error", err)
	case err == nil && k.broken:
		k.logger.Info("the copy on disk is taken again")
	}
	k.broken = err != nil
}

// Mark implements public.Watcher.
func (k *keeper) Mark(mark *statusv1.RelayMark, at time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.whole = mark.GetComplete()
	k.complete = k.complete || k.whole
	if us := mark.GetAsOfUs(); us > 0 {
		k.asOf = k.here(time.UnixMicro(us), at)
		k.copied(k.disk.SaveMark(k.asOf))
	}
	if k.live {
		k.prune()
		k.show(time.Now())
	}
}

// here turns a time of the relay into one of this machine, whose clock may differ:
// what comes live comes now.
func (k *keeper) here(asOf, at time.Time) time.Time {
	now := time.Now()
	if k.live {
		return now.Add(-max(at.Sub(asOf), 0))
	}
	if asOf.After(now) {
		return now
	}
	return asOf
}

// CaughtUp implements public.Watcher.
func (k *keeper) CaughtUp() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.live = true
	k.prune()
	k.show(time.Now())
}

// prune removes what the stream does not have any more, once it is known to be
// whole: while a relay fills an empty one, an old page is better than none.
func (k *keeper) prune() {
	if !k.whole || k.pruned {
		return
	}
	k.pruned = true
	pages, incidents := k.library.Names()
	for _, name := range pages {
		if !k.seen[public.SubjectOfPage(name)] {
			k.setPage(name, nil)
		}
	}
	for _, id := range incidents {
		if !k.seen[public.SubjectOf(id)] {
			k.setIncident(id, nil)
		}
	}
}

// show renders if anything changed that the pages say.
func (k *keeper) show(now time.Time) {
	if !k.complete {
		return
	}
	stale := time.Time{}
	if k.lost || now.Sub(k.asOf) > staleAfter {
		stale = k.asOf
	}
	// While it is old the pages say one time, not a new one every second.
	if k.dirty || stale.IsZero() != k.staleAt.IsZero() || k.pages.Outdated(now) {
		k.staleAt = stale
		k.render(now)
	}
}

func (k *keeper) render(now time.Time) {
	k.dirty = false
	began := time.Now()
	k.pages.Render(k.library, now, k.staleAt)
	if k.took != nil {
		k.took.Observe(time.Since(began).Seconds())
	}
	select {
	case k.rendered <- struct{}{}:
	default: // It is known already.
	}
}

// beat notices that time goes by and nothing comes.
func (k *keeper) beat(now time.Time, connected bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.lost = !connected
	if len(k.library.Pages()) > 0 {
		k.show(now)
	}
}

// age is how old the pages are; 0 before the first.
func (k *keeper) age(now time.Time) time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.asOf.IsZero() {
		return 0
	}
	return now.Sub(k.asOf)
}

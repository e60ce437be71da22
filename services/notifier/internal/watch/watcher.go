package watch

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/wait"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/statuspage"
)

// How politely pages are asked.
const (
	// Every is how often a page is asked, at most a fifth later.
	Every = time.Minute
	// slowest bounds the waits after errors, which double.
	slowest = 30 * time.Minute
	// longestWish bounds what a page may ask for by Retry-After.
	longestWish = 24 * time.Hour
	// beat is how often it is looked whether a page is due, or something is to be told.
	beat = time.Second
	// together is how many pages are asked at once.
	together = 4
	// patience bounds one call to command.
	patience = 10 * time.Second
)

// Memory keeps what is remembered of pages, by the name of the integration.
type Memory interface {
	// Recall returns all that is kept, and when each page may be asked again.
	Recall(ctx context.Context) (map[string]Remembered, error)
	// Keep replaces what is kept of a page.
	Keep(ctx context.Context, integration string, r Remembered) error
	// Forget drops a page.
	Forget(ctx context.Context, integration string) error
}

// Remembered is what is kept of a page.
type Remembered struct {
	Kept
	// NextAt is when it may be asked again.
	NextAt time.Time
}

// Watcher polls pages. Its fields are set once, before Run; one runs at a time.
type Watcher struct {
	// Catalog says which services watch which pages; it has to be ready.
	Catalog *catalog.Follower
	// Client is a guarded client, see [netguard.Guard.Client].
	Client *http.Client
	Memory Memory
	// Changes records.
	Changes signalv1.ChangeServiceClient
	Now     func() time.Time
	Logger  *slog.Logger
	// Every replaces how often pages are asked; 0: once a minute.
	Every time.Duration
	// Beat replaces how often it is looked whether a page is due; 0: a second.
	Beat time.Duration

	pages map[string]*page
}

// page is one that is watched.
type page struct {
	Remembered

	name     string
	url      string
	services map[string][]string // components that matter, by service
	failures int
	known    *statuspage.Summary // of the last answer, which validators belong to
	valid    statuspage.Validators
	missing  string // what was warned of last
}

// Run polls until ctx ends, and returns the error that ended it.
func (w *Watcher) Run(ctx context.Context) error {
	kept, err := w.Memory.Recall(ctx)
	if err != nil {
		return fmt.Errorf("watch status pages: %w", err)
	}
	w.pages = map[string]*page{}
	for name, r := range kept {
		w.pages[name] = &page{name: name, Remembered: r}
	}
	for {
		if err := w.round(ctx); err != nil {
			return fmt.Errorf("watch status pages: %w", err)
		}
		if err := wait.For(ctx, cmp.Or(w.Beat, beat)); err != nil {
			return fmt.Errorf("watch status pages: %w", err)
		}
	}
}

// round asks the pages that are due, and tells what is to be told.
func (w *Watcher) round(ctx context.Context) error {
	w.refresh()
	now := w.Now()
	turn := make(chan struct{}, together)
	problems := make(chan error, len(w.pages))
	var all sync.WaitGroup
	for _, name := range slices.Sorted(maps.Keys(w.pages)) {
		p := w.pages[name]
		all.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			problems <- w.visit(ctx, p, now)
		})
	}
	all.Wait()
	close(problems)
	for err := range problems {
		if err != nil {
			return err
		}
	}
	for name, p := range w.pages {
		if len(p.services) > 0 || len(p.Current)+len(p.Pending) > 0 {
			continue
		}
		if err := w.Memory.Forget(ctx, name); err != nil {
			return err
		}
		delete(w.pages, name)
	}
	return nil
}

// refresh finds out which pages are to be watched, and for whom.
func (w *Watcher) refresh() {
	state := w.Catalog.State()
	for _, p := range w.pages {
		p.services = map[string][]string{}
	}
	for _, r := range state.List("service") {
		watched := r.Spec.GetService().GetStatusPage()
		integration, ok := state.Get("integration", watched.GetIntegration())
		if watched == nil || !ok || !usable(integration.Spec.GetIntegration()) {
			continue
		}
		p := w.pages[integration.Name]
		if p == nil {
			p = &page{name: integration.Name, services: map[string][]string{}}
			w.pages[integration.Name] = p
		}
		if url := integration.Spec.GetIntegration().GetUrl(); url != p.url {
			p.url, p.known, p.valid = url, nil, statuspage.Validators{}
		}
		p.services[r.Name] = watched.GetComponents()
	}
}

func usable(i *catalogv1.IntegrationSpec) bool {
	return i.GetType() == statuspage.Type && !i.GetDisabled()
}

// visit asks a page if it is due, and tells what is to be told of it. The error is that
// of the memory.
func (w *Watcher) visit(ctx context.Context, p *page, now time.Time) error {
	before := p.Remembered
	if len(p.services) == 0 {
		p.Kept = p.Next("", nil, now)
	} else if !now.Before(p.NextAt) {
		w.ask(ctx, p, now)
	}
	if len(p.Pending) != len(before.Pending) || !p.NextAt.Equal(before.NextAt) {
		if err := w.Memory.Keep(ctx, p.name, p.Remembered); err != nil {
			return err
		}
	}
	return w.tell(ctx, p)
}

// ask reads a page and notes what it says, and when to ask again.
func (w *Watcher) ask(ctx context.Context, p *page, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, statuspage.Timeout)
	defer cancel()
	answer, err := statuspage.Fetch(ctx, w.Client, p.url, p.valid, now)
	if err != nil {
		p.failures++
		p.NextAt = w.later(now, p.failures, answer.RetryAfter)
		p.known, p.valid = nil, statuspage.Validators{}
		w.Logger.WarnContext(ctx, "a status page cannot be read", "integration", p.name, "error", err, "again_at", p.NextAt)
		return
	}
	p.failures = 0
	p.NextAt = w.later(now, 0, answer.RetryAfter)
	if !answer.Unchanged || p.known == nil {
		p.known, p.valid = &answer.Summary, answer.Validators
	}
	says := map[string]statuspage.Trouble{}
	for service, components := range p.services {
		says[service] = p.known.Of(components)
		w.warn(ctx, p, service, p.known.Missing(components))
	}
	p.Kept = p.Next(p.known.Page.Name, says, now)
}

// warn says once that a page has no such components.
func (w *Watcher) warn(ctx context.Context, p *page, service string, missing []string) {
	text := fmt.Sprint(service, missing)
	if len(missing) == 0 || p.missing == text {
		return
	}
	p.missing = text
	w.Logger.WarnContext(ctx, "a status page has no such components", "integration", p.name, "service", service, "components", missing)
}

// later is when a page may be asked again: spread, so that pages of one host are not
// asked together, and rarer the more often it failed.
func (w *Watcher) later(now time.Time, failures int, wish time.Duration) time.Time {
	pause := cmp.Or(w.Every, Every)
	for range min(failures, 10) {
		pause = min(2*pause, slowest)
	}
	pause = max(pause, min(wish, longestWish))
	spread := time.Duration(rand.Float64() * float64(pause) / 5) //nolint:gosec // no secret
	return now.Add(pause + spread)
}

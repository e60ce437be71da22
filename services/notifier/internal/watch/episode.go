package watch

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/services/notifier/internal/statuspage"
)

// Episode is a time during which a page says the same of a service.
type Episode struct {
	Key     string             `json:"key"`
	Since   time.Time          `json:"since"`
	Trouble statuspage.Trouble `json:"trouble"`
	// Page is what the page calls itself.
	Page string `json:"page"`
}

// Report is what is to be recorded.
type Report struct {
	Service string  `json:"service"`
	Episode Episode `json:"episode"`
	// Ended is when it was over; zero while it lasts.
	Ended time.Time `json:"ended"`
}

// Kept is what is remembered of a page.
type Kept struct {
	// Current are the episodes that last, by service.
	Current map[string]Episode `json:"current"`
	// Pending is what is still to be told, in order.
	Pending []Report `json:"pending"`
}

// Next returns what is remembered after a page was read: what it says of each service that
// watches it. Services that do not watch it any more are as if they were well.
func (k Kept) Next(page string, says map[string]statuspage.Trouble, now time.Time) Kept {
	now = now.UTC().Truncate(time.Microsecond)
	next := Kept{Current: map[string]Episode{}, Pending: slices.Clone(k.Pending)}
	for _, service := range slices.Sorted(maps.Keys(k.Current)) {
		current := k.Current[service]
		if said := says[service]; said.Any() && said.Same(current.Trouble) {
			next.Current[service] = current
			continue
		}
		ended := now
		if ended.Before(current.Since) {
			ended = current.Since
		}
		next.Pending = append(next.Pending, Report{Service: service, Episode: current, Ended: ended})
	}
	for _, service := range slices.Sorted(maps.Keys(says)) {
		said := says[service]
		if _, lasts := next.Current[service]; lasts || !said.Any() {
			continue
		}
		e := Episode{Since: said.Since, Trouble: said, Page: page}
		before, follows := k.Current[service]
		// A page may name the begin of the whole, or a time to come.
		if e.Since.IsZero() || e.Since.After(now) || follows && !e.Since.After(before.Since) {
			e.Since = now
		}
		e.Key = strings.Join([]string{service, strings.ReplaceAll(said.Status.String(), " ", "_"), e.Since.Format(time.RFC3339Nano)}, "/")
		next.Current[service] = e
		next.Pending = append(next.Pending, Report{Service: service, Episode: e})
	}
	return next
}

// Told returns what is remembered after the first report was told.
func (k Kept) Told() Kept {
	return Kept{Current: k.Current, Pending: slices.Clone(k.Pending[1:])}
}

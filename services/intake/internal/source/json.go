package source

import (
	"errors"
	"time"

	"github.com/bridgelog/bridgelog/pkg/mapping"
)

// ErrNoMapping: nobody says what a sender's JSON means.
var ErrNoMapping = errors.New("this sender has no mapping: name one that has in the address")

// Mappings finds the mapping of a sender by its id in the catalog; [ErrNoMapping] when it
// has none.
type Mappings func(sender string) (*mapping.Mapping, error)

// JSON reads JSON of any form, by the mapping of its sender.
type JSON struct{ Mappings Mappings }

// Name implements [Source].
func (JSON) Name() string { return "json" }

// Parse implements [Source]. What has the same fingerprint, of the same sender, is one
// alert while it is firing. A signal says the same for as long as its sender's mapping
// does.
func (j JSON) Parse(s Signal) (Batch, error) {
	m, err := j.Mappings(s.Sender)
	if err != nil {
		return Batch{}, malformed("%v", err)
	}
	items, err := m.Read(s.Body)
	if err != nil {
		return Batch{}, malformed("%v", err)
	}
	batch := nothing()
	for i := range items {
		item := &items[i]
		start, end := within(item.StartsAt, s.ReceivedAt), within(item.EndsAt, s.ReceivedAt)
		batch.alone(Alert{
			Fingerprint: scoped(s.Sender, item.Fingerprint), Firing: item.Firing, StartsAt: start, EndsAt: end,
			Title: oneLine(item.Title), Description: clip(text(item.Description), maxValue), URL: link(item.URL), RunbookURL: link(item.RunbookURL),
			Labels: item.Labels, Annotations: map[string]string{"description": item.Description, "runbook_url": item.RunbookURL},
		})
	}
	return batch, nil
}

// within is a time that a sender says, or when the signal arrived for one that cannot be
// stored or lies after that.
func within(at, received time.Time) time.Time {
	if !storable(at) || at.After(received) {
		at = received
	}
	return at.UTC().Truncate(time.Microsecond)
}

package answer

import (
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// keptFacts is how many incidents' facts are kept: those of a hundred first pages.
const keptFacts = 4096

// Facts keeps what the clocks of incidents need to know, read. To read it takes longer
// than to compute the clocks, and lists show the same incidents again and again.
type Facts struct {
	kept *lru.Cache[factsKey, *clock.Facts]
}

// factsKey names what an incident's clocks needed to know at one revision.
type factsKey struct {
	incident string
	revision uint64
}

// NewFacts returns one that keeps nothing yet.
func NewFacts() *Facts {
	kept, _ := lru.New[factsKey, *clock.Facts](keptFacts) // fails only without a size
	return &Facts{kept: kept}
}

// of reads those of an incident, which nobody may change.
func (f *Facts) of(c store.Clocked) (*clock.Facts, error) {
	key := factsKey{c.GetId(), c.GetRevision()}
	if facts, ok := f.kept.Get(key); ok {
		return facts, nil
	}
	facts, err := c.Facts()
	if err == nil {
		f.kept.Add(key, &facts)
	}
	return &facts, err
}

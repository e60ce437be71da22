package statuspage

import (
	"fmt"
	"time"
)

// ids names updates that have no id of their own, each once in its incident.
type ids struct{ taken map[string]int }

func newIDs() *ids { return &ids{taken: map[string]int{}} }

// of returns the id of an update; the same update in a longer list has the same.
func (i *ids) of(at time.Time, status, text string) string {
	id := contentID(at, status, text)
	i.taken[id]++
	if n := i.taken[id]; n > 1 {
		return fmt.Sprintf("%s-%d", id, n)
	}
	return id
}

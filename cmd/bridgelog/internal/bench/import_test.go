package bench

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer/statuspage"
)

// TestMadeHistoriesAreRead holds that what the benchmark imports is what the
// importer reads: histories of six events.
func TestMadeHistoriesAreRead(t *testing.T) {
	t.Parallel()
	batch, err := statuspage.Parse(strings.NewReader(madeHistories(30)), statuspage.Options{})
	if err != nil || len(batch.Problems) > 0 {
		t.Fatalf("%v, %v", err, batch.Problems)
	}
	if len(batch.Histories) != 30 || batch.Events() != 30*6 {
		t.Errorf("%d histories with %d events", len(batch.Histories), batch.Events())
	}
}

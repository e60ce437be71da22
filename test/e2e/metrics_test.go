package e2e_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/test/system"
)

// TestTheMetricsOfTheLogAndItsReaders looks for what operators watch: how long appends
// take, conflicts, how far the projection is behind, quarantine and the scrubber.
func TestTheMetricsOfTheLogAndItsReaders(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	var declared struct{ Etag string }
	s.JSON(t, &declared, "declare", "Slow")
	s.Do(t, "severity", "1", "SEV-2", "--etag", declared.Etag)
	if stale := s.Try(t, "severity", "1", "SEV-1", "--etag", declared.Etag); stale.Code != 1 {
		t.Errorf("a stale etag: %s", stale)
	}
	metrics := get(t, s.Endpoints.Metrics+"/metrics")
	for _, name := range []string{
		"bridgelog_append_duration_seconds_count", "bridgelog_command_conflicts_total", `bridgelog_projection_lag_messages{projection="timeline"}`,
		`bridgelog_projection_lag_seconds{projection="timeline"}`, "bridgelog_timeline_quarantined_incidents 0", "bridgelog_scrubber_findings_total 0",
	} {
		if !strings.Contains(metrics, "\n"+name) {
			t.Errorf("/metrics has no %s", name)
		}
	}
}

package e2e_test

import (
	"strings"
	"testing"
)

// TestTheStatusPageIsRebuilt computes the public documents anew: nothing differs, and
// the page stays as it is.
func TestTheStatusPageIsRebuilt(t *testing.T) {
	t.Parallel()
	s := pageWithTrouble(t)
	var answer struct {
		Read, Changed, Removed uint64
		Done                   bool
	}
	s.JSON(t, &answer, "rebuild", "statuspage")
	if !answer.Done || answer.Read == 0 || answer.Changed != 0 || answer.Removed != 0 {
		t.Errorf("rebuilt: %+v", answer)
	}
	if page := get(t, s.Endpoints.Statuspage+"/"); !strings.Contains(page, "A connection pool is exhausted") {
		t.Errorf("the page after it:\n%s", page)
	}
	if metrics := get(t, strings.TrimSuffix(s.Endpoints.Metrics, "/metrics")+"/metrics"); !strings.Contains(metrics, "bridgelog_statuspage_page_age_seconds") {
		t.Error("the age of the page is not measured")
	}
}

package door_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// noting is a store that notes what it stored, and fails from the given signal on.
type noting struct {
	memory.Store

	bodies []string
	fails  int // -1: never
}

func (s *noting) Put(_ context.Context, signal *signalv1.RawSignal) error {
	if len(s.bodies) == s.fails {
		return errors.New("the disk is gone")
	}
	s.bodies = append(s.bodies, string(signal.GetBody()))
	return nil
}

// A group that no message of the log holds is stored in parts, all of them or not at all
// as far as its sender knows.
func TestALargeGroupIsStoredInParts(t *testing.T) {
	alerts := make([]string, 100)
	for i := range alerts {
		alerts[i] = fmt.Sprintf(`{"status":"firing","startsAt":"2026-01-01T00:00:00Z","fingerprint":"f%d"}`, i)
	}
	body := `{"version":"4","groupKey":"g","alerts":[` + strings.Join(alerts, ",") + `]}`
	lame := strings.Replace(body, `"fingerprint":"f0"`, `"fingerprint":"`+strings.Repeat("x", 5000)+`"`, 1)
	odd := strings.Replace(body, `"status":"firing"`, `"status":"odd"`, 1)
	for name, c := range map[string]struct {
		body  string
		fails int
		group int
		want  int
		kept  int // alerts
	}{
		"it fits in parts":             {body, -1, 0, http.StatusAccepted, 100},
		"the second is not stored":     {body, 1, 0, http.StatusServiceUnavailable, 0},
		"an alert is too large":        {lame, -1, 0, http.StatusRequestEntityTooLarge, 0},
		"an alert is not understood":   {odd, -1, 0, http.StatusBadRequest, 100},
		"it is larger than may be":     {body, -1, 5000, http.StatusRequestEntityTooLarge, 0},
		"it is large, and is no group": {strings.Repeat("x", 5000), -1, 0, http.StatusRequestEntityTooLarge, 0},
	} {
		store := &noting{fails: c.fails}
		w := serve(t, store, func(o *door.Options) { o.MaxGroup = c.group }, post("/hooks/alertmanager/good", c.body))
		if w.Code != c.want {
			t.Errorf("%s: answered %d %s, want %d", name, w.Code, w.Body, c.want)
		}
		kept := 0
		for _, stored := range store.bodies {
			if len(stored) > 4096 {
				t.Errorf("%s: stored a body of %d bytes", name, len(stored))
			}
			kept += strings.Count(stored, `"fingerprint"`)
		}
		if c.kept > 0 && kept != c.kept {
			t.Errorf("%s: %d alerts are stored, want %d", name, kept, c.kept)
		}
	}
	// Another door's body is no group.
	elsewhere := func(o *door.Options) { o.Sources = source.NewCatalog(source.All()...) }
	if w := serve(t, &noting{fails: -1}, elsewhere, post("/hooks/datadog/good", body)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("datadog: answered %d", w.Code)
	}
}

package source_test

import (
	"errors"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

func TestHeartbeat(t *testing.T) {
	const missing = `{"id":"h1","name":"nightly","missing":true,"since":"2026-01-02T03:00:00Z","last_ping_time":"2026-01-01T01:00:00Z",
		"interval":"24h0m0s","grace":"2h0m0s","service":"billing","labels":{"team":"pay"},"description":"The export"}`
	batch, err := source.Heartbeat{}.Parse(sourcetest.Signal([]byte(missing)))
	if err != nil || len(batch.Alerts) != 1 {
		t.Fatalf("%+v, %v", batch, err)
	}
	sourcetest.Check(t, batch)
	a := batch.Alerts[0]
	if a.Fingerprint != "h1" || !a.Firing || !a.Keyed || a.Title != "Heartbeat nightly is missing" || !a.StartsAt.Equal(time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)) ||
		a.Labels["heartbeat"] != "nightly" || a.Labels["service"] != "billing" || a.Labels["team"] != "pay" || a.Annotations["last_ping"] != "2026-01-01T01:00:00Z" {
		t.Errorf("%+v", a)
	}
	over, err := source.Heartbeat{}.Parse(sourcetest.Signal([]byte(`{"id":"h1","name":"nightly","since":"2026-01-02T03:00:00Z","until":"2026-01-02T04:00:00Z"}`)))
	if err != nil || over.Alerts[0].Firing || over.Alerts[0].EndsAt.Hour() != 4 {
		t.Errorf("%+v, %v", over, err)
	}
	sourcetest.Check(t, over)
	for _, body := range []string{``, `{}`, `{"id":"h1"}`, `{"id":"h1","since":"2026-01-02T03:00:00Z"}`, `[]`} {
		if _, err := (source.Heartbeat{}).Parse(sourcetest.Signal([]byte(body))); !errors.Is(err, source.ErrMalformed) {
			t.Errorf("%s: %v", body, err)
		}
	}
	// Nobody may send such a signal.
	if _, ok := source.NewCatalog(source.All()...).Find("heartbeat"); ok {
		t.Error("it has a door")
	}
}

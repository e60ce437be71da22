package door_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// stuck is a store whose disk does not answer.
type stuck struct{ memory.Store }

func (*stuck) Put(ctx context.Context, _ *signalv1.RawSignal) error {
	<-ctx.Done()
	return ctx.Err()
}

// A sender is told to come again before it hangs up.
func TestNobodyHangsUpUnanswered(t *testing.T) {
	for path, c := range map[string]struct {
		hangsUp time.Duration
		body    string
	}{
		"/hooks/sentry/good":            {time.Second, `{"action":"created","data":{"issue":{"id":"1","title":"a","status":"unresolved"}}}`},
		"/hooks/pagerduty-webhook/good": {5 * time.Second, `{"event":{"id":"1","event_type":"incident.triggered","data":{"id":"P","title":"a"}}}`},
		"/hooks/github/good":            {10 * time.Second, `{"action":"created"}`},
		"/hooks/gitlab/good":            {10 * time.Second, `{"object_kind":"deployment"}`},
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			w := serve(t, &stuck{}, func(o *door.Options) { o.Sources = source.NewCatalog(source.All()...) }, post(path, c.body))
			if took := time.Since(began); w.Code != http.StatusServiceUnavailable || took == 0 || took >= c.hangsUp {
				t.Errorf("%s: answered %d after %v, want 503 before %v: %s", path, w.Code, took, c.hangsUp, w.Body)
			}
		})
	}
}

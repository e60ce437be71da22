package alert_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
)

// FuzzFold folds damaged records: an error leaves the state as it was.
func FuzzFold(f *testing.F) {
	draft, err := alert.Fired{Source: "alertmanager", Fingerprint: "a", Title: "Disk", StartsAt: time.Unix(1, 0)}.Draft("event")
	if err != nil {
		f.Fatal(err)
	}
	data, _, err := chain.Seal(chain.Head{}, alert.Subject("a"), []chain.Draft{draft}, chain.Request{}, time.Unix(2, 0), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := alert.Fold(alert.State{}, data)
		if err == nil && s.Head.Revision == 0 && !s.Frozen && s.Began() {
			t.Errorf("it began without an event: %+v", s)
		}
	})
}

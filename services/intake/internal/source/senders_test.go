package source_test

import (
	"maps"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

// told is what a body has to say of the only alert in it.
type told struct {
	key    string // without the sender
	firing bool
	title  string
	labels map[string]string // among others
}

// testTold wants a body to tell of one alert, or of none when want is nil.
func testTold(t *testing.T, s source.Source, body string, want *told) source.Alert {
	t.Helper()
	batch, err := s.Parse(sourcetest.Signal([]byte(body)))
	switch {
	case err != nil:
		t.Fatalf("%s: %v", body, err)
	case want == nil && len(batch.Alerts) == 0:
		return source.Alert{}
	case want == nil || len(batch.Alerts) != 1:
		t.Fatalf("%s: %d alerts", body, len(batch.Alerts))
	}
	a := batch.Alerts[0]
	if a.Fingerprint != "tester/"+want.key || a.Firing != want.firing || !a.Keyed || a.Title != want.title {
		t.Errorf("%s: got %q firing %v %q, want %q %v %q", body, a.Fingerprint, a.Firing, a.Title, want.key, want.firing, want.title)
	}
	for name := range maps.Keys(want.labels) {
		if a.Labels[name] != want.labels[name] {
			t.Errorf("%s: label %s is %q, want %q", body, name, a.Labels[name], want.labels[name])
		}
	}
	return a
}

// testRemarked checks that a body says something about the alert of a fingerprint.
func testRemarked(t *testing.T, s source.Source, body, fingerprint string, want source.Remark) {
	t.Helper()
	want.Fingerprint = fingerprint
	batch, err := s.Parse(sourcetest.Signal([]byte(body)))
	if err != nil || len(batch.Remarks) != 1 || batch.Remarks[0] != want {
		t.Errorf("%s: got %+v, %v, want %+v", body, batch.Remarks, err, want)
	}
}

// all makes cases of the shared suite.
func all(good, bad []string) sourcetest.Cases {
	c := sourcetest.Cases{Good: map[string][]byte{}, Bad: map[string][]byte{}}
	for _, body := range good {
		c.Good[body] = []byte(body)
	}
	for _, body := range append(bad, "", "[]", "null ", "{", `"x"`) {
		c.Bad[body] = []byte(body)
	}
	return c
}

// fuzz reads whatever there is: what is accepted can be stored.
func fuzz(f *testing.F, s source.Source, seeds ...string) {
	f.Helper()
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if batch, err := s.Parse(sourcetest.Signal(body)); err == nil {
			sourcetest.Check(t, batch)
		}
	})
}

// arrived is when the signals of the tests arrive.
func arrived() time.Time { return sourcetest.Signal(nil).ReceivedAt.Truncate(time.Microsecond) }

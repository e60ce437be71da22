package change_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/pkg/change"
)

// FuzzFold folds damaged records: an error leaves the state as it was.
func FuzzFold(f *testing.F) {
	d, err := began().Draft("event")
	data := seal(f, change.State{}, d, err)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := change.Fold(change.State{}, data)
		if err != nil && (s.Exists() || s.Head.Revision != 0) {
			t.Errorf("an error left %+v", s)
		}
		if err == nil && s.Exists() && s.Head.Revision == 0 && !s.Frozen {
			t.Errorf("it exists without an event: %+v", s)
		}
	})
}

package store_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

func FuzzParseRef(f *testing.F) {
	for _, seed := range []string{"INC-41", "inc-41", "41", "0", "+1", "INC--1", "9223372036854775808", "inc", "aaaaaaaaaaaa", "a.b", "*", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := store.ParseRef(text)
		switch {
		case err != nil && !errors.Is(err, store.ErrNotFound):
			t.Errorf("%q: %v", text, err)
		case err == nil && (ref.Number > 0) == (ref.ID != ""):
			t.Errorf("%q names %+v", text, ref)
		case err == nil && ref.Number > 0:
			if again, err := store.ParseRef(fmt.Sprintf("INC-%d", ref.Number)); err != nil || again != ref {
				t.Errorf("%q names %+v, but its name names %+v (%v)", text, ref, again, err)
			}
		case err == nil && !ref.ID.Valid():
			t.Errorf("%q names the id %q", text, ref.ID)
		}
	})
}

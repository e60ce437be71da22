package cli

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
)

// FuzzWords reads what people may write for an entry, an item, or a component's state:
// it is understood and can be written again, or refused as bad usage.
func FuzzWords(f *testing.F) {
	for _, seed := range []string{"3", "#3", "##3", "0", "-1", "T1", "t12", "TT1", "18446744073709551616", "", "api=partial_outage", "=operational", "api=", "a=b=c", "☃=Major Outage"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, word string) {
		entry, err := parseEntry(word)
		refused(t, word, err)
		if again, twice := parseEntry("#" + strings.TrimPrefix(entryWords(entry), "entry ")); err == nil && (twice != nil || again != entry) {
			t.Errorf("entry %q is %d, and written again %d, %v", word, entry, again, twice)
		}
		item, err := parseItem("T", "task", word)
		refused(t, word, err)
		if err == nil && item == 0 {
			t.Errorf("task %q is none", word)
		}
		impact, err := parseImpact([]string{word})
		if err == nil && (len(impact) != 1 || impact[0].GetComponent() == "" || !strings.HasPrefix(word, impact[0].GetComponent()+"=")) {
			t.Errorf("impact %q is %v", word, impact)
		}
		refused(t, word, err)
	})
}

// refused checks that an error, if any, is one about how a command is used.
func refused(t *testing.T, word string, err error) {
	t.Helper()
	if err != nil && fault.From(err).Code != fault.Usage {
		t.Errorf("%q: %v", word, err)
	}
}

package derived_test

import (
	"fmt"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/derived"
)

func ExampleID() {
	fmt.Println(derived.ID("change", "github", "deployment/1"))
	// Output: ea8050fcfccca18665bafb16fb7ec354
}

// TestPartsDoNotRunIntoEachOther: the same letters in other parts are another id.
func TestPartsDoNotRunIntoEachOther(t *testing.T) {
	ids := map[string]bool{}
	for _, parts := range [][]string{{}, {""}, {"ab"}, {"a", "b"}, {"", "ab"}, {"ab", ""}, {"a:b"}, {"1:a", "b"}} {
		id := derived.ID(parts...)
		if len(id) != 32 || ids[id] {
			t.Errorf("%q: %s, which is too short or was there before", parts, id)
		}
		ids[id] = true
	}
}

package incident

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A list behaves as a slice that is copied before each change.
func TestListIsPersistent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type version struct {
			list list[int]
			want []int
		}
		versions := []version{{}}
		for range rapid.IntRange(1, 150).Draw(t, "steps") {
			from := len(versions) - 1
			if rapid.IntRange(0, 19).Draw(t, "branch") == 0 {
				from = rapid.IntRange(0, from).Draw(t, "from")
			}
			v := versions[from]
			value := rapid.Int().Draw(t, "value")
			next := version{want: slices.Clone(v.want)}
			if len(v.want) > 0 && rapid.IntRange(0, 4).Draw(t, "set") == 0 {
				i := rapid.IntRange(0, len(v.want)-1).Draw(t, "index")
				next.list, next.want[i] = v.list.set(i, value), value
			} else {
				next.list, next.want = v.list.with(value), append(next.want, value)
			}
			versions = append(versions, next)
		}
		for n, v := range versions {
			got := make([]int, v.list.size())
			for i := range got {
				got[i] = v.list.at(i)
			}
			if !slices.Equal(got, v.want) {
				t.Fatalf("version %d holds %v, want %v", n, got, v.want)
			}
		}
	})
}

func TestListFind(t *testing.T) {
	var l list[int]
	for i := range 3 * chunkSize {
		l = l.with(i)
	}
	for _, want := range []int{0, chunkSize - 1, chunkSize, 3*chunkSize - 1, -1} {
		if got := l.find(func(v int) bool { return v == want }); got != want {
			t.Errorf("found %d at %d", want, got)
		}
	}
}

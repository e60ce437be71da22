package servicegraph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/services/timeline/internal/servicegraph"
)

// shop: web needs checkout and search; checkout needs payments and db; search needs db.
func shop() servicegraph.Graph {
	return servicegraph.New(map[string][]string{
		"web": {"search", "checkout"}, "checkout": {"payments", "db"}, "search": {"db"}, "payments": nil, "db": nil, "batch": {"db"},
	})
}

func show(ways map[string]servicegraph.Way) string {
	var out []string
	for name, way := range ways {
		out = append(out, name+"="+strings.Join(way, ">"))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestWays(t *testing.T) {
	for name, c := range map[string]struct{ got, want string }{
		"needs":            {show(shop().Needs([]string{"web"})), "checkout=web>checkout db=web>checkout>db payments=web>checkout>payments search=web>search web=web"},
		"needed by":        {show(shop().NeededBy([]string{"db"})), "batch=db>batch checkout=db>checkout db=db search=db>search web=db>checkout>web"},
		"of two":           {show(shop().NeededBy([]string{"search", "payments"})), "checkout=payments>checkout payments=payments search=search web=search>web"},
		"nothing":          {show(shop().Needs(nil)), ""},
		"unknown":          {show(shop().Needs([]string{"mail"})), "mail=mail"},
		"nobody needs web": {show(shop().NeededBy([]string{"web"})), "web=web"},
		"circle":           {show(servicegraph.New(map[string][]string{"a": {"b"}, "b": {"a", "a"}}).Needs([]string{"a"})), "a=a b=a>b"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", name, c.got, c.want)
		}
	}
}

// TestWaysLeadWhereTheySay: each step of a way is a dependency, and both directions find
// the same pairs.
func TestWaysLeadWhereTheySay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.Custom(func(t *rapid.T) string { return fmt.Sprint(rapid.IntRange(0, 7).Draw(t, "n")) })
		needs := rapid.MapOf(name, rapid.SliceOfN(name, 0, 4)).Draw(t, "needs")
		g := servicegraph.New(needs)
		from := name.Draw(t, "from")
		for to, way := range g.Needs([]string{from}) {
			if way[0] != from || way[way.Distance()] != to {
				t.Fatalf("the way to %s is %v", to, way)
			}
			for i := range way.Distance() {
				if !slices.Contains(needs[way[i]], way[i+1]) {
					t.Fatalf("%s does not need %s on the way %v", way[i], way[i+1], way)
				}
			}
			if back := g.NeededBy([]string{to})[from]; back.Distance() != way.Distance() {
				t.Fatalf("to %s by %v, back by %v", to, way, back)
			}
		}
	})
}

package watch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/services/notifier/internal/statuspage"
	"github.com/bridgelog/bridgelog/services/notifier/internal/watch"
)

func at(minute int) time.Time { return time.Date(2026, 3, 1, 14, minute, 0, 0, time.UTC) }

func trouble(s statuspage.Status, since int, components ...string) statuspage.Trouble {
	return statuspage.Trouble{Status: s, Components: components, Since: at(since)}
}

// told says in short what is to be told.
func told(k watch.Kept) string {
	var out []string
	for _, r := range k.Pending {
		text := fmt.Sprintf("%s %s since %s", r.Service, r.Episode.Trouble.Status, r.Episode.Since.Format("15:04"))
		if !r.Ended.IsZero() {
			text += " until " + r.Ended.Format("15:04")
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

func TestEpisodes(t *testing.T) {
	partial, major := trouble(statuspage.PartialOutage, 1, "Storage"), trouble(statuspage.MajorOutage, 1, "Storage")
	type says map[string]statuspage.Trouble
	for name, c := range map[string]struct {
		said []says // at 14:10, 14:11 and so on
		want string
	}{
		"well":          {[]says{{"db": {}}}, ""},
		"begins":        {[]says{{"db": partial}}, "db partial outage since 14:01"},
		"lasts":         {[]says{{"db": partial}, {"db": partial}}, "db partial outage since 14:01"},
		"ends":          {[]says{{"db": partial}, {"db": {}}}, "db partial outage since 14:01; db partial outage since 14:01 until 14:11"},
		"gets worse":    {[]says{{"db": partial}, {"db": major}}, "db partial outage since 14:01; db partial outage since 14:01 until 14:11; db major outage since 14:11"},
		"gone":          {[]says{{"db": partial}, {}}, "db partial outage since 14:01; db partial outage since 14:01 until 14:11"},
		"says no time":  {[]says{{"db": {Status: statuspage.Degraded, Components: []string{"a"}}}}, "db degraded performance since 14:10"},
		"in the future": {[]says{{"db": trouble(statuspage.Degraded, 30, "a")}}, "db degraded performance since 14:10"},
		"two services":  {[]says{{"db": partial, "mail": partial}}, "db partial outage since 14:01; mail partial outage since 14:01"},
	} {
		var k watch.Kept
		for n, said := range c.said {
			k = k.Next("ACME", said, at(10+n))
		}
		if got := told(k); got != c.want {
			t.Errorf("%s: told %q, want %q", name, got, c.want)
		}
	}
}

// Whatever pages say, each episode begins before it ends, ends at most once, has a key of
// its own, and what lasts is what was said last.
func TestEpisodesFollowWhatIsSaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var k watch.Kept
		begun, ended := map[string]bool{}, map[string]bool{}
		now := 10
		for range rapid.IntRange(1, 30).Draw(t, "polls") {
			now += rapid.IntRange(0, 3).Draw(t, "minutes")
			said := map[string]statuspage.Trouble{}
			for _, service := range []string{"db", "mail"} {
				status := statuspage.Status(rapid.Uint8Range(0, 4).Draw(t, "status"))
				if status != statuspage.Operational {
					said[service] = trouble(status, rapid.IntRange(0, 59).Draw(t, "since"), rapid.SampledFrom([]string{"a", "b"}).Draw(t, "component"))
				}
			}
			k = k.Next("ACME", said, at(now))
			for len(k.Pending) > 0 {
				r := k.Pending[0]
				key := r.Episode.Key
				switch {
				case r.Ended.IsZero():
					begun[key] = true
				case !begun[key] || ended[key] && !slices.Contains([]string{"db", "mail"}, r.Service) || r.Ended.Before(r.Episode.Since):
					t.Fatalf("ended %+v", r)
				default:
					ended[key] = true
				}
				k = k.Told()
			}
			for service, one := range said {
				if !k.Current[service].Trouble.Same(one) {
					t.Fatalf("%s: lasts %+v, said %+v", service, k.Current[service], one)
				}
			}
			if len(k.Current) != len(said) {
				t.Fatalf("lasts %v, said %v", k.Current, said)
			}
		}
	})
}

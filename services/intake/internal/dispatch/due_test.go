package dispatch_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/silence"
	"github.com/bridgelog/bridgelog/services/intake/internal/dispatch"
)

func TestDue(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	service := func(s alert.State) string { return s.Fired.Labels["service"] }
	checkout := silence.Silence{Kind: "silence", Name: "s", ID: "s1", Services: []string{"checkout"}, Begin: noon, End: noon.Add(time.Hour)}
	longer := silence.Silence{Kind: "maintenance", Name: "m", ID: "m1", Services: []string{"checkout"}, Begin: noon, End: noon.Add(2 * time.Hour)}
	by := func(s silence.Silence) alert.Suppressed {
		return alert.Suppressed{Kind: s.Kind, Name: s.Name, ID: s.ID, Until: s.End}
	}
	of := func(service string, by alert.Suppressed) alert.State {
		return alert.State{Fired: alert.Fired{Source: "x", Labels: map[string]string{"service": service}}, Suppressed: by}
	}
	frozen, over := of("checkout", alert.Suppressed{}), of("checkout", alert.Suppressed{})
	frozen.Frozen, over.EndedAt = true, noon
	for name, c := range map[string]struct {
		silences []silence.Silence
		firing   map[string]alert.State
		minutes  int
		want     string
	}{
		"nothing":                 {want: "[]"},
		"a silence begins":        {[]silence.Silence{checkout}, map[string]alert.State{"b": of("checkout", alert.Suppressed{}), "a": of("checkout", alert.Suppressed{}), "c": of("db", alert.Suppressed{})}, 0, "[a b]"},
		"it has not begun":        {[]silence.Silence{checkout}, map[string]alert.State{"a": of("checkout", alert.Suppressed{})}, -1, "[]"},
		"all is said":             {[]silence.Silence{checkout}, map[string]alert.State{"a": of("checkout", by(checkout))}, 59, "[]"},
		"it ends":                 {[]silence.Silence{checkout}, map[string]alert.State{"a": of("checkout", by(checkout))}, 60, "[a]"},
		"it is gone":              {nil, map[string]alert.State{"a": of("checkout", by(checkout))}, 1, "[a]"},
		"another one ends later":  {[]silence.Silence{longer, checkout}, map[string]alert.State{"a": of("checkout", by(checkout))}, 1, "[a]"},
		"that is said":            {[]silence.Silence{longer, checkout}, map[string]alert.State{"a": of("checkout", by(longer))}, 1, "[]"},
		"the other one goes on":   {[]silence.Silence{longer, checkout}, map[string]alert.State{"a": of("checkout", by(longer))}, 61, "[]"},
		"it takes longer":         {[]silence.Silence{{Kind: "silence", Name: "s", ID: "s1", Services: []string{"checkout"}, Begin: noon, End: noon.Add(3 * time.Hour)}}, map[string]alert.State{"a": of("checkout", by(checkout))}, 1, "[a]"},
		"what is frozen, or over": {[]silence.Silence{checkout}, map[string]alert.State{"a": frozen, "b": over}, 1, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			got := dispatch.Due(c.firing, c.silences, service, noon.Add(time.Duration(c.minutes)*time.Minute))
			if fmt.Sprint(got) != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

package alert_test

import (
	"slices"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
)

// drafter is an event that can be written.
type drafter interface {
	Draft(eventID string) (chain.Draft, error)
}

// after folds events one behind the other.
func after(t *testing.T, events ...drafter) alert.State {
	t.Helper()
	var s alert.State
	for _, e := range events {
		d, err := e.Draft("e")
		if s, err = alert.Fold(s, seal(t, s, d, err)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func silenced(name string) alert.Suppressed {
	return alert.Suppressed{Kind: "silence", Name: name, ID: "id-" + name, Until: began().Add(time.Hour), At: began().Add(time.Minute)}
}

func TestAnAlertIsSuppressedUntilItIsNot(t *testing.T) {
	listed := fired()
	listed.Incident = ""
	s := after(t, listed, silenced("a"))
	if !s.IsSuppressed() || s.Suppressed != silenced("a") || s.Incident() != "" || s.Frozen {
		t.Fatalf("suppressed: %+v", s)
	}
	longer := silenced("a")
	longer.Until = longer.Until.Add(time.Hour)
	if !s.SuppressedLike(silenced("a")) || s.SuppressedLike(longer) || s.SuppressedLike(silenced("b")) {
		t.Error("another silence, or another end, is something else")
	}
	calls := alert.Unsuppressed{At: began().Add(time.Hour), Route: "r2", Group: "g2", Incident: "i2"}
	s = after(t, listed, silenced("a"), silenced("b"), calls)
	if s.IsSuppressed() || s.Incident() != "i2" || s.Group() != "g2" || s.Unsuppressed != calls {
		t.Fatalf("it calls again: %+v", s)
	}
	s = after(t, listed, silenced("a"), calls, silenced("b"), alert.Unsuppressed{At: began(), Incident: "i3"})
	if s.Incident() != "i2" {
		t.Errorf("it has %s now, though it had an incident", s.Incident())
	}
	s = after(t, fired(), silenced("a"), calls)
	if s.Incident() != "i" || s.Group() != "g" {
		t.Errorf("an alert that had an incident has %s of %s", s.Incident(), s.Group())
	}
	s = after(t, listed, alert.Acknowledged{By: "ada", At: began()}, silenced("a"), calls)
	if s.Acknowledged.By != "ada" {
		t.Error("nobody takes care of it any more")
	}
}

func TestHowAConditionComesAndGoesIsKept(t *testing.T) {
	f := fired()
	f.Flapping = alert.Flapping{Episodes: 4, Since: began().Add(-time.Minute), Window: 30 * time.Minute}
	s := after(t, f, alert.Resolved{EndsAt: began().Add(time.Minute)}, alert.Calmed{At: began().Add(time.Hour)})
	if s.Fired.Flapping != f.Flapping || !s.CalmedAt.Equal(began().Add(time.Hour)) || s.Frozen {
		t.Errorf("kept %+v", s)
	}
}

func TestFlapping(t *testing.T) {
	rule := alert.FlapRule{Episodes: 3, Window: 30 * time.Minute}
	at := func(minutes ...int) []time.Time {
		var times []time.Time
		for _, m := range minutes {
			times = append(times, began().Add(time.Duration(m)*time.Minute))
		}
		return times
	}
	still := alert.Flapping{Episodes: 7, Since: at(0)[0], Window: time.Hour}
	for name, c := range map[string]struct {
		rule    alert.FlapRule
		earlier []time.Time
		begins  int
		before  alert.Flapping
		want    int
		since   int
	}{
		"the first":                  {rule: rule, begins: 0},
		"the third":                  {rule: rule, earlier: at(0, 10), begins: 20},
		"the fourth":                 {rule: rule, earlier: at(0, 10, 20), begins: 30, want: 4, since: 0},
		"in any order":               {rule: rule, earlier: at(20, 0, 10), begins: 30, want: 4, since: 0},
		"the window slides":          {rule: rule, earlier: at(0, 10, 20), begins: 31},
		"more than are needed":       {rule: rule, earlier: at(-40, 0, 10, 20, 25), begins: 30, want: 5, since: 0},
		"what begins later":          {rule: rule, earlier: at(0, 10, 40), begins: 30},
		"another rule":               {rule: alert.FlapRule{Episodes: 1, Window: time.Minute}, earlier: at(0), begins: 1, want: 2, since: 0},
		"it has not been quiet":      {rule: rule, begins: 100, before: still, want: 8, since: 0},
		"nothing is":                 {earlier: at(0, 1, 2, 3, 4), begins: 5, before: still},
		"a condition that came once": {rule: rule, earlier: at(-600, -300), begins: 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.rule.Begins(at(c.begins)[0], c.earlier, c.before)
			if got.Episodes != c.want || got.Is() != (c.want > 0) || got.Is() && (!got.Since.Equal(at(c.since)[0]) || got.Window != c.rule.Window) {
				t.Errorf("got %+v", got)
			}
			slices.Reverse(c.earlier)
			if again := c.rule.Begins(at(c.begins)[0], c.earlier, c.before); again != got {
				t.Errorf("in another order %+v", again)
			}
		})
	}
	if d := alert.DefaultFlapRule(); d.Episodes >= alert.MaxFlapEpisodes || d.Window <= 0 {
		t.Errorf("the default is %+v", d)
	}
}

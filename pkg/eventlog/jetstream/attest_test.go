package jetstream

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// answer is what a server of a cluster of three says.
func answer(name string, syncs bool) serverReport {
	var r serverReport
	r.Server.Name, r.Data.Config.SyncAlways, r.Data.Meta.Size = name, syncs, 3
	return r
}

func disabled(name string) serverReport {
	r := answer(name, false)
	r.Data.Disabled = true
	return r
}

// answering gives reports in turn and then nothing.
func answering(reports ...serverReport) func(context.Context) (serverReport, error) {
	return func(ctx context.Context) (serverReport, error) {
		if len(reports) == 0 {
			<-ctx.Done()
			return serverReport{}, context.Cause(ctx)
		}
		next := reports[0]
		reports = reports[1:]
		return next, nil
	}
}

func TestEveryServerOfAClusterIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		reports []serverReport
		asked   []string
		refused string // part of the refusal; empty: none
	}{
		"all answer":               {[]serverReport{answer("b", true), answer("c", true), answer("a", true)}, []string{"b", "c", "a"}, ""},
		"one has no streams":       {[]serverReport{disabled("x"), answer("a", true), answer("b", true), answer("c", true)}, []string{"a", "b", "c"}, ""},
		"the last does not sync":   {[]serverReport{answer("a", true), answer("b", true), answer("c", false)}, nil, "server c does not sync"},
		"one that is idle is down": {[]serverReport{answer("a", true), answer("b", true)}, []string{"a", "b"}, ""},
		"a holder is down":         {[]serverReport{answer("a", true), answer("c", true)}, nil, "no answer from b"},
		"nobody answers":           {nil, nil, "no answer from a, b"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 5*attestGrace)
				defer cancel()
				asked, err := collect(ctx, []string{"a", "b"}, answering(c.reports...))
				if c.refused == "" && (err != nil || !slices.Equal(asked, c.asked)) {
					t.Errorf("asked %v, %v; want %v", asked, err, c.asked)
				}
				if c.refused != "" && (!errors.Is(err, eventlog.ErrNotAttested) || !strings.Contains(err.Error(), c.refused)) {
					t.Errorf("%v, want a refusal that says %q", err, c.refused)
				}
			})
		})
	}
}

func TestASingleServerIsAskedWithoutWaiting(t *testing.T) {
	alone := answer("bridgelog", true)
	alone.Data.Meta.Size = 0
	asked, err := collect(t.Context(), nil, answering(alone))
	if err != nil || len(asked) != 1 {
		t.Errorf("asked %v, %v", asked, err)
	}
}

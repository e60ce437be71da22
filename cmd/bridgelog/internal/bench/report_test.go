package bench

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

func TestFiguresAreQuantilesInMilliseconds(t *testing.T) {
	var times []time.Duration
	for n := range 100 {
		times = append(times, time.Duration(100-n)*time.Millisecond)
	}
	f := figuresOf(times, 2*time.Second)
	if f.PerSecond != 50 || f.P50 != 51 || f.P90 != 91 || f.P99 != 100 {
		t.Errorf("got %+v", f)
	}
	if empty := figuresOf(nil, time.Second); empty != (Figures{}) {
		t.Errorf("nothing measured gave %+v", empty)
	}
}

func TestLoadStopsAtTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	_, _, err := load(t.Context(), 3, time.Hour, func(_ context.Context, worker, n int) error {
		if worker == 1 && n == 5 {
			return broken
		}
		return nil
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestLoadDoesNotCountTheWarmUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		times, elapsed, err := load(t.Context(), 2, 10*time.Second, func(ctx context.Context, _, _ int) error {
			if wait.For(ctx, 100*time.Millisecond) != nil {
				return ctx.Err()
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if elapsed != 9*time.Second || len(times) < 170 || len(times) > 180 {
			t.Errorf("%d operations in %s", len(times), elapsed)
		}
	})
}

func TestPacedKeepsTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		times, err := paced(t.Context(), 100, 2*time.Second, func(context.Context, int, int) error { return nil })
		if err != nil || len(times) != 200 {
			t.Fatalf("%d operations, %v", len(times), err)
		}
		if took := time.Since(begin); took != 1990*time.Millisecond {
			t.Errorf("took %s", took)
		}
	})
}

func TestAReportSaysWhatTheLimitWas(t *testing.T) {
	r := Report{Bench: "append", Params: map[string]any{"clients": 4}, Ours: Figures{PerSecond: 80}, Limit: Figures{PerSecond: 100}, LimitIs: "raw appends"}
	r.byRate()
	var out bytes.Buffer
	if err := (output.Printer{Out: &out, Format: output.Table}).Print(r.document()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"append", "clients 4", "0.80", "raw appends"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &out)
		}
	}
}

package checks

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/check"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/notifier/internal/prometheus"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// How a metric is measured: a point a minute over an hour and a half, and the same time a
// day and a week before.
const (
	window = 90 * time.Minute
	step   = time.Minute
	day    = 24 * time.Hour
	week   = 7 * day
)

// runPatience bounds one run, whatever its sources do.
const runPatience = time.Minute

// Source has the values of metrics.
type Source interface {
	// Query returns the values of a query between two times. Its errors are those of
	// package prometheus.
	Query(ctx context.Context, i *catalogv1.IntegrationSpec, query string, from, until time.Time, step time.Duration) (check.Series, error)
}

// measured is what a metric showed.
type measured struct {
	Planned

	result incident.CheckResult
	// skipped is true when its integration was not asked any more.
	skipped bool
	// problem is why it was not measured; nil when it was.
	problem error
}

// measure asks for all metrics, each integration for one after the other, so that one
// that is in trouble is not asked for all of them at once, nor again once it is away.
func measure(ctx context.Context, source Source, planned []Planned, now time.Time) []measured {
	ctx, cancel := context.WithTimeout(ctx, runPatience)
	defer cancel()
	out := make([]measured, len(planned))
	var all sync.WaitGroup
	for _, places := range byIntegration(planned) {
		all.Go(func() {
			for n, i := range places {
				out[i] = measureOne(ctx, source, planned[i], now)
				if !errors.Is(out[i].problem, prometheus.ErrUnreachable) {
					continue
				}
				rest := places[n+1:]
				if len(rest) > 0 {
					out[i].result.Reason += "; not asked for " + strconv.Itoa(len(rest)) + " more"
				}
				for _, skipped := range rest {
					out[skipped] = measured{Planned: planned[skipped], skipped: true}
				}
				return
			}
		})
	}
	all.Wait()
	return out
}

// byIntegration are the places of the metrics that each integration answers.
func byIntegration(planned []Planned) map[string][]int {
	places := map[string][]int{}
	for i, p := range planned {
		places[p.Name] = append(places[p.Name], i)
	}
	return places
}

// measureOne asks for a metric. The past is not worth an error: without it the answer
// says that it is not known.
func measureOne(ctx context.Context, source Source, p Planned, now time.Time) measured {
	q := question(p.Metric)
	q.From = now.UTC().Truncate(time.Second).Add(-window)
	var values [3]check.Series
	var errs [3]error
	ask := func(i int, back time.Duration) {
		from := q.From.Add(-back)
		values[i], errs[i] = source.Query(ctx, p.Integration, p.Metric.GetQuery(), from, from.Add(window), step)
	}
	ask(0, 0)
	if errs[0] != nil {
		a := check.Answer{Verdict: incident.CheckUnknown, Reason: p.Name + " " + errs[0].Error()}
		return measured{Planned: p, result: result(p, a, [3]check.Series{}, q), problem: errs[0]}
	}
	ask(1, day)
	ask(2, week)
	a := check.Judge(q, values[0], values[1], values[2])
	return measured{Planned: p, result: result(p, a, values, q)}
}

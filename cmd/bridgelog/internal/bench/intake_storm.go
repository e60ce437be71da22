package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/wait"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

const (
	// stormBeat is how often the timeline is looked at: the resolution of the
	// figures.
	stormBeat = 25 * time.Millisecond
	// stormPatience is how long alerts may take after the last was accepted before
	// they count as lost.
	stormPatience = 2 * time.Minute
)

// Storm sends alerts within a time and measures from when each was accepted until
// it, or its end, is in the timeline's view.
func Storm(ctx context.Context, alerts, silences int, duration time.Duration, file string) (Report, error) {
	r := Report{
		Bench: "storm", Params: map[string]any{"alerts": alerts, "silences": silences, "seconds": duration.Seconds()}, Notes: map[string]float64{},
		LimitIs: "none: lost alerts, and from acceptance to the timeline, are what is asked",
	}
	changes := makeTransitions(alerts)
	if file != "" {
		var err error
		if changes, err = readTransitions(file, alerts); err != nil {
			return r, err
		}
	}
	dir, remove, err := workspace()
	if err != nil {
		return r, err
	}
	defer remove()
	system, err := start(ctx, dir)
	if err != nil {
		return r, err
	}
	defer system.stop()
	if err := routeAll(ctx, system); err != nil {
		return r, err
	}
	if err := silence(ctx, system, silences); err != nil {
		return r, err
	}
	pool, err := postgres.Open(ctx, system.endpoints.Database, postgres.Options{Application: "bench"})
	if err != nil {
		return r, err
	}
	defer pool.Close()
	w := &watcher{pool: pool, waiting: map[expected]time.Time{}}
	elapsed, err := w.storm(ctx, newSender(system, 16), tell(changes), duration)
	if err != nil {
		return r, err
	}
	r.Ours = figuresOf(w.times, 0)
	r.Ours.PerSecond = float64(alerts) / elapsed.Seconds()
	r.Notes["lost"] = float64(len(w.waiting))
	r.Notes["told"], r.Notes["memory_mb"] = float64(w.told), system.memory()/(1<<20)
	return r, nil
}

// routeAll lets every alert declare, or join the incident of its group.
func routeAll(ctx context.Context, system *instance) error {
	_, err := catalogv1.NewCatalogServiceClient(system.conn).Apply(ctx, &catalogv1.ApplyRequest{
		RequestId: "storm", Resources: []*catalogv1.Resource{{
			Kind: "route", Name: "all",
			Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Route{Route: &catalogv1.RouteSpec{Severity: incidentv1.Severity_SEVERITY_SEV3}}},
		}},
	})
	if err != nil {
		return fmt.Errorf("apply the route: %w", err)
	}
	return nil
}

// watcher looks for accepted alerts in the view.
type watcher struct {
	pool *pgxpool.Pool

	mu      sync.Mutex
	waiting map[expected]time.Time // by what is awaited, since when
	times   []time.Duration
	told    int
}

// storm sends the requests evenly over a time and waits until all is seen.
func (w *watcher) storm(ctx context.Context, doors sender, requests []told, duration time.Duration) (time.Duration, error) {
	defer doors.client.CloseIdleConnections()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	looking := make(chan error, 1)
	go func() { looking <- w.look(ctx) }()
	began := time.Now()
	err := evenly(ctx, len(requests), duration, func(ctx context.Context, n int) error {
		if err := doors.send(ctx, requests[n].body); err != nil {
			return err
		}
		w.accepted(requests[n].alerts)
		return nil
	})
	elapsed := time.Since(began)
	if err == nil {
		err = w.settled(ctx)
	}
	cancel()
	if lookErr := <-looking; err == nil {
		err = lookErr
	}
	return elapsed, err
}

// evenly begins n operations within a time from several workers. One that is late
// does not delay the next ones.
func evenly(ctx context.Context, n int, duration time.Duration, op func(ctx context.Context, i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	began, next := time.Now(), make(chan int)
	for range 64 {
		group.Go(func() error {
			for i := range next {
				if err := op(ctx, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	group.Go(func() error {
		defer close(next)
		for i := range n {
			due := began.Add(duration * time.Duration(i) / time.Duration(n))
			if err := wait.For(ctx, time.Until(due)); err != nil {
				return err
			}
			select {
			case next <- i:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return group.Wait()
}

// accepted notes what was accepted now.
func (w *watcher) accepted(alerts []expected) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told += len(alerts)
	for _, e := range alerts {
		if _, again := w.waiting[e]; !again {
			w.waiting[e] = time.Now()
		}
	}
}

// settled waits until nothing is awaited any more, or patience ends.
func (w *watcher) settled(ctx context.Context) error {
	deadline := time.After(stormPatience)
	every := time.NewTicker(stormBeat)
	defer every.Stop()
	for {
		w.mu.Lock()
		left := len(w.waiting)
		w.mu.Unlock()
		if left == 0 {
			return nil
		}
		select {
		case <-every.C:
		case <-deadline:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// look asks again and again for what is awaited.
func (w *watcher) look(ctx context.Context) error {
	every := time.NewTicker(stormBeat)
	defer every.Stop()
	for {
		select {
		case <-every.C:
		case <-ctx.Done():
			return nil
		}
		if err := w.once(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

func (w *watcher) once(ctx context.Context) error {
	w.mu.Lock()
	ids := make([]string, 0, len(w.waiting))
	for e := range w.waiting {
		ids = append(ids, e.id)
	}
	w.mu.Unlock()
	if len(ids) == 0 {
		return nil
	}
	rows, err := w.pool.Query(ctx, "select id, ended_us is not null from timeline_alert.alert where id = any($1)", ids)
	if err != nil {
		return fmt.Errorf("look for alerts: %w", err)
	}
	var e expected
	_, err = pgx.ForEachRow(rows, []any{&e.id, &e.ended}, func() error {
		w.seen(e.id, e.ended)
		return nil
	})
	return err
}

// seen ends the waiting for an alert, and for its end when it has one.
func (w *watcher) seen(id string, ended bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range []expected{{id, false}, {id, true}} {
		since, waits := w.waiting[e]
		if waits && (ended || !e.ended) {
			w.times = append(w.times, time.Since(since))
			delete(w.waiting, e)
		}
	}
}

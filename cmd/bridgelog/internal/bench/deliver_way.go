package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/wait"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// way pairs the acknowledgments of events with their arrivals.
type way struct {
	mu    sync.Mutex
	acked map[string]time.Time   // by incident and entry
	came  map[string][]time.Time // by incident and entry
}

func newWay() *way {
	return &way{acked: map[string]time.Time{}, came: map[string][]time.Time{}}
}

func wayKey(incident string, entry uint64) string { return fmt.Sprintf("%s %d", incident, entry) }

func (w *way) acknowledged(incident string, entry uint64) {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acked[wayKey(incident, entry)] = now
}

// arrived takes a body of a delivery.
func (w *way) arrived(body []byte) {
	now := time.Now()
	var event struct {
		Data struct {
			Incident struct {
				ID string `json:"id"`
			} `json:"incident"`
			Entry uint64 `json:"entry"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &event) != nil {
		return
	}
	key := wayKey(event.Data.Incident.ID, event.Data.Entry)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.came[key] = append(w.came[key], now)
}

// times are those from the acknowledgment to each arrival; 0 for what arrived
// before its acknowledgment did.
func (w *way) times() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []time.Duration
	for key, acked := range w.acked {
		for _, came := range w.came[key] {
			out = append(out, max(0, came.Sub(acked)))
		}
	}
	return out
}

// wayPatience bounds the wait for the last arrivals; what comes later is missing.
const wayPatience = time.Minute

// missing waits until every acknowledged event has arrived so many times, and
// returns how many arrivals there were not.
func (w *way) missing(ctx context.Context, each int) (float64, error) {
	deadline := time.Now().Add(wayPatience)
	for {
		left := 0
		w.mu.Lock()
		for key := range w.acked {
			left += max(each-len(w.came[key]), 0)
		}
		w.mu.Unlock()
		if left == 0 || time.Now().After(deadline) {
			return float64(left), nil
		}
		if err := wait.For(ctx, 10*time.Millisecond); err != nil {
			return 0, err
		}
	}
}

// DeliverMany measures how long events take to healthy receivers among ill ones.
func DeliverMany(ctx context.Context, d deliverOptions, duration time.Duration) (Report, error) {
	r := Report{
		Bench: "deliver", LimitIs: "the same events to as many receivers that are all healthy", Notes: map[string]float64{},
		Params: map[string]any{
			"endpoints": d.endpoints, "hanging": d.hanging, "failing": d.failing, "seconds": duration.Seconds(), "events_per_second": manyRate,
		},
	}
	var err error
	if r.Limit, r.Notes["limit_missing"], err = deliverMany(ctx, d.endpoints, 0, 0, duration); err != nil {
		return r, err
	}
	if r.Ours, r.Notes["missing"], err = deliverMany(ctx, d.endpoints, d.hanging, d.failing, duration); err != nil {
		return r, err
	}
	alone, _, err := deliverMany(ctx, d.endpoints-d.hanging-d.failing, 0, 0, duration)
	if err != nil {
		return r, err
	}
	r.Notes["without_the_ill_p50_ms"], r.Notes["without_the_ill_p99_ms"] = alone.P50, alone.P99
	r.byTime()
	return r, nil
}

// manyRate is how many events a second go to each of many receivers.
const manyRate = 1

// deliverMany also returns how many arrivals at the healthy receivers are missing.
func deliverMany(ctx context.Context, endpoints, hanging, failing int, duration time.Duration) (Figures, float64, error) {
	dir, remove, err := workspace()
	if err != nil {
		return Figures{}, 0, err
	}
	defer remove()
	system, err := start(ctx, dir)
	if err != nil {
		return Figures{}, 0, err
	}
	defer system.stop()
	receiver, err := openReceiver(ctx)
	if err != nil {
		return Figures{}, 0, err
	}
	defer receiver.close()
	urls := make(map[string]string, endpoints)
	for n := range endpoints {
		kind := "well"
		switch {
		case n < hanging:
			kind = "hang"
		case n < hanging+failing:
			kind = "fail"
		}
		urls[fmt.Sprintf("bench-%d", n)] = receiver.url(fmt.Sprintf("/%s/%d", kind, n))
	}
	if err := addWebhooks(ctx, system, urls); err != nil {
		return Figures{}, 0, err
	}
	return timeMany(ctx, system, receiver, endpoints-hanging-failing, duration)
}

func timeMany(ctx context.Context, system *instance, r *receiver, healthy int, duration time.Duration) (Figures, float64, error) {
	ids, err := declareSome(ctx, system, 1)
	if err != nil {
		return Figures{}, 0, err
	}
	if err := settle(ctx, r); err != nil {
		return Figures{}, 0, err
	}
	w := newWay()
	hook := w.arrived
	r.arrived.Store(&hook)
	defer r.arrived.Store(nil)
	commands := incidentv1.NewCommandServiceClient(system.conn)
	_, err = paced(ctx, manyRate, duration, func(ctx context.Context, _, _ int) error {
		written, err := commands.AddNote(ctx, &incidentv1.AddNoteRequest{Incident: ids[0], Text: noteText})
		if err == nil {
			w.acknowledged(ids[0], written.GetResult().GetEntries()[0])
		}
		return err
	})
	if err != nil {
		return Figures{}, 0, err
	}
	missing, err := w.missing(ctx, healthy)
	return figuresOf(w.times(), 0), missing, err
}

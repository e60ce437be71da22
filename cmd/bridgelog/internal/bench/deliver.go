package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/pkg/wait"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
)

// deliverOptions are the flags of `bench deliver`.
type deliverOptions struct {
	deliveries, rate, endpoints, hanging, failing int
}

func (o *options) deliverCommand() *cobra.Command {
	var d deliverOptions
	c := &cobra.Command{
		Use: "deliver", Short: "Webhooks delivered to one receiver, against bare signed-size POSTs; or to many, of which some are ill",
		Long: `Without --endpoints: how fast a backlog of deliveries reaches one healthy receiver,
against bare POSTs of as many bytes over as many connections, and how long an event takes
from its acknowledgment to the receiver at --rate events a second.

With --endpoints N: how long an event takes to the healthy ones of N receivers while
--hanging of them never answer and --failing answer 500, against the same with all of them
healthy, and, as a note, without the ill ones. The ratio is of the times; 1 means that
nobody is slower.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.run(c, func(ctx context.Context) (Report, error) {
				if d.endpoints > 0 {
					return DeliverMany(ctx, d, o.duration())
				}
				return Deliver(ctx, d.deliveries, d.rate, o.duration())
			})
		},
	}
	c.Flags().IntVar(&d.deliveries, "deliveries", 30_000, "deliveries in the backlog")
	c.Flags().IntVar(&d.rate, "rate", 500, "events a second when their way is timed")
	c.Flags().IntVar(&d.endpoints, "endpoints", 0, "receivers, each of which gets every event")
	c.Flags().IntVar(&d.hanging, "hanging", 100, "receivers that never answer, of --endpoints")
	c.Flags().IntVar(&d.failing, "failing", 100, "receivers that answer 500, of --endpoints")
	return c
}

// Deliver measures a backlog of deliveries to one receiver, and the way of single
// events at a rate.
func Deliver(ctx context.Context, deliveries, rate int, duration time.Duration) (Report, error) {
	r := Report{
		Bench: "deliver", Params: map[string]any{"deliveries": deliveries, "rate": rate, "seconds": duration.Seconds()},
		LimitIs: "bare POSTs of as many bytes to the same receiver over 64 connections, nothing signed or written down",
		Notes:   map[string]float64{},
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
	receiver, err := openReceiver(ctx)
	if err != nil {
		return r, err
	}
	defer receiver.close()
	if err := addWebhooks(ctx, system, map[string]string{"bench": receiver.url("/")}); err != nil {
		return r, err
	}
	way, missing, err := timeWay(ctx, system, receiver, rate, duration)
	if err != nil {
		return r, err
	}
	r.Notes["way_p50_ms"], r.Notes["way_p99_ms"], r.Notes["way_events"] = way.P50, way.P99, float64(rate)*duration.Seconds()
	r.Notes["way_missing"] = missing
	if r.Ours, err = drain(ctx, system, receiver, deliveries); err != nil {
		return r, err
	}
	if r.Limit, err = barePosts(ctx, receiver, deliveries); err != nil {
		return r, err
	}
	r.byRate()
	return r, nil
}

// receiver is an HTTP server that counts what arrives and tells when.
type receiver struct {
	server   *http.Server
	listener net.Listener
	serving  sync.WaitGroup
	count    atomic.Int64
	bytes    atomic.Int64
	// arrived is called with the body of each delivery that is answered 200.
	arrived atomic.Pointer[func(body []byte)]
	stopped chan struct{}
}

func openReceiver(ctx context.Context) (*receiver, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open receiver: %w", err)
	}
	r := &receiver{listener: l, stopped: make(chan struct{})}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second}
	r.serving.Go(func() { _ = r.server.Serve(l) })
	return r, nil
}

// ServeHTTP implements http.Handler: "/hang…" never answers, "/fail…" answers 500.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	switch {
	case strings.HasPrefix(request.URL.Path, "/hang"):
		select {
		case <-request.Context().Done():
		case <-r.stopped:
		}
		return
	case strings.HasPrefix(request.URL.Path, "/fail"):
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	r.count.Add(1)
	r.bytes.Add(int64(len(body)))
	if arrived := r.arrived.Load(); arrived != nil {
		(*arrived)(body)
	}
}

func (r *receiver) url(path string) string { return "http://" + r.listener.Addr().String() + path }

func (r *receiver) close() {
	close(r.stopped)
	_ = r.server.Close()
	r.serving.Wait()
}

// addWebhooks adds webhooks by name and URL, which share a secret.
func addWebhooks(ctx context.Context, system *instance, urls map[string]string) error {
	secret, err := notifyv1.NewNotifyServiceClient(system.conn).CreateWebhookSecret(ctx, &notifyv1.CreateWebhookSecretRequest{Webhook: "bench"})
	if err != nil {
		return fmt.Errorf("make a secret: %w", err)
	}
	request := &catalogv1.ApplyRequest{}
	for name, url := range urls {
		request.Resources = append(request.Resources, &catalogv1.Resource{Kind: "webhook", Name: name, Spec: &catalogv1.Spec{
			Kind: &catalogv1.Spec_Webhook{Webhook: &catalogv1.WebhookSpec{Url: url, Secrets: []string{secret.GetReference()}}},
		}})
	}
	if _, err := catalogv1.NewCatalogServiceClient(system.conn).Apply(ctx, request); err != nil {
		return fmt.Errorf("add webhooks: %w", err)
	}
	return nil
}

// deliverIncidents is how many incidents are worked on at once.
const deliverIncidents = 200

// timeWay times events from their acknowledgment to their arrival, and returns how
// many have not arrived.
func timeWay(ctx context.Context, system *instance, r *receiver, rate int, duration time.Duration) (Figures, float64, error) {
	ids, err := declareSome(ctx, system, min(deliverIncidents, rate))
	if err != nil {
		return Figures{}, 0, err
	}
	w := newWay()
	hook := w.arrived
	r.arrived.Store(&hook)
	defer r.arrived.Store(nil)
	commands := incidentv1.NewCommandServiceClient(system.conn)
	_, err = paced(ctx, rate, duration, func(ctx context.Context, _, n int) error {
		written, err := commands.AddNote(ctx, &incidentv1.AddNoteRequest{Incident: ids[n%len(ids)], Text: noteText})
		if err == nil && n >= rate {
			w.acknowledged(ids[n%len(ids)], written.GetResult().GetEntries()[0])
		}
		return err
	})
	if err != nil {
		return Figures{}, 0, err
	}
	missing, err := w.missing(ctx, 1)
	if err != nil {
		return Figures{}, 0, err
	}
	// Those of the first second too, which were not timed.
	if err := settle(ctx, r); err != nil {
		return Figures{}, 0, err
	}
	return figuresOf(w.times(), 0), missing, nil
}

func declareSome(ctx context.Context, system *instance, n int) ([]string, error) {
	commands := incidentv1.NewCommandServiceClient(system.conn)
	ids := make([]string, n)
	for i := range ids {
		declared, err := commands.DeclareIncident(ctx, &incidentv1.DeclareIncidentRequest{Title: fmt.Sprintf("Benchmark %d", i)})
		if err != nil {
			return nil, fmt.Errorf("declare: %w", err)
		}
		ids[i] = declared.GetResult().GetIncidentId()
	}
	return ids, nil
}

// quiet is how long nothing has to arrive until everything has.
const quiet = time.Second

// settle waits until nothing arrives any more.
func settle(ctx context.Context, r *receiver) error {
	tick := time.NewTicker(quiet)
	defer tick.Stop()
	for last := int64(-1); ; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		now := r.count.Load()
		if now == last {
			return nil
		}
		last = now
	}
}

// drain makes every delivery there is again, until there were enough, and measures
// how fast they arrive.
func drain(ctx context.Context, system *instance, r *receiver, deliveries int) (Figures, error) {
	notify := notifyv1.NewNotifyServiceClient(system.conn)
	filter := &notifyv1.DeliveryFilter{States: []notifyv1.DeliveryState{notifyv1.DeliveryState_DELIVERY_STATE_DELIVERED}}
	begin, had := time.Now(), r.count.Load()
	lastRecorded := begin
	for arrived := int64(0); arrived < int64(deliveries); {
		again, err := notify.RedeliverDeliveries(ctx, &notifyv1.RedeliverDeliveriesRequest{Filter: filter})
		if err != nil {
			return Figures{}, fmt.Errorf("redeliver: %w", err)
		}
		if again.GetRedelivered() == 0 {
			// What arrived is recorded a moment later.
			if time.Since(lastRecorded) > wayPatience {
				return Figures{}, errors.New("redeliver: there is nothing to deliver again")
			}
			if err := wait.For(ctx, 2*time.Millisecond); err != nil {
				return Figures{}, err
			}
			continue
		}
		lastRecorded = time.Now()
		if arrived, err = await(ctx, r, had, arrived+again.GetRedelivered()); err != nil {
			return Figures{}, err
		}
	}
	return rateOnly(int(r.count.Load()-had), time.Since(begin)), nil
}

// await waits until as many deliveries arrived since there had been some.
func await(ctx context.Context, r *receiver, had, want int64) (int64, error) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if got := r.count.Load() - had; got >= want {
			return got, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
}

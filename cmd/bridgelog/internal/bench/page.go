package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/pkg/wait"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

const (
	// pageReaders is how many connections ask as fast as they are answered.
	pageReaders = 16
	// pagePublications is how many updates are published one after the other, and
	// pagePause how long the page is left alone in between.
	pagePublications = 100
	pagePause        = 50 * time.Millisecond
	// pagePatience bounds the wait for one update to be seen.
	pagePatience = 20 * time.Second
)

// pageCommand is `bridgelog bench page`.
func (o *options) pageCommand() *cobra.Command {
	rate, components := 5000, 30
	c := &cobra.Command{
		Use: "page", Short: "The public page, against a bare handler of the same bytes", Args: cobra.NoArgs,
		Long: `How fast the first page is served from memory, against a bare handler of the same bytes;
how long an answer takes at --rate requests a second; how long an update takes from its
acknowledgment to the page; and how long all pages take to render with --components.`,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.run(c, func(ctx context.Context) (Report, error) {
				return Page(ctx, max(components, 1), max(rate, 1), o.duration())
			})
		},
	}
	c.Flags().IntVar(&rate, "rate", rate, "requests a second at which times are measured")
	c.Flags().IntVar(&components, "components", components, "components on the page")
	bare := &cobra.Command{
		Use: "bare-page", Hidden: true, Args: cobra.NoArgs, Short: "Serve what standard input says, until it ends",
		RunE: func(c *cobra.Command, _ []string) error {
			return serveBare(c.Context(), c.InOrStdin(), c.OutOrStdout())
		},
	}
	c.AddCommand(bare)
	return c
}

// Page measures how fast the public page is served, how long an answer takes at a
// steady rate, and how long an update takes from its acknowledgment to the page,
// against a bare handler in a process of its own that serves the same bytes with the
// headers that it must have.
func Page(ctx context.Context, components, perSecond int, duration time.Duration) (Report, error) {
	r := Report{
		Bench: "page", Notes: map[string]float64{}, LimitIs: "a bare Go handler in a process of its own, the same bytes",
		Params: map[string]any{"components": components, "connections": pageReaders, "requests_per_second": perSecond, "seconds": duration.Seconds()},
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
	address, err := statuspageOf(dir)
	if err != nil {
		return r, err
	}
	incident, err := fillPage(ctx, system, components)
	if err != nil {
		return r, err
	}
	before, err := renderings(ctx, system)
	if err != nil {
		return r, err
	}
	if err := publications(ctx, system, incident, address, r.Notes); err != nil {
		return r, err
	}
	rendered, err := renderings(ctx, system)
	if err != nil {
		return r, err
	}
	rendered.note(before, r.Notes)
	sample, err := ask(ctx, address)
	if err != nil {
		return r, err
	}
	r.Notes["page_bytes"] = float64(len(sample.body))
	if r.Ours, err = serving(ctx, address, duration); err != nil {
		return r, err
	}
	if err := steadily(ctx, address, perSecond, duration, r.Notes, "ours"); err != nil {
		return r, err
	}
	limit, stop, err := startBare(ctx, sample)
	if err != nil {
		return r, err
	}
	defer stop()
	if r.Limit, err = serving(ctx, limit, duration); err != nil {
		return r, err
	}
	if err := steadily(ctx, limit, perSecond, duration, r.Notes, "limit"); err != nil {
		return r, err
	}
	r.byRate()
	return r, nil
}

// statuspageOf is HOST:PORT of the page of an instance.
func statuspageOf(dir string) (string, error) {
	content, err := os.ReadFile(filepath.Join(dir, "endpoints.json"))
	if err != nil {
		return "", fmt.Errorf("find the page: %w", err)
	}
	var endpoints struct {
		Statuspage string `json:"statuspage"`
	}
	if err := json.Unmarshal(content, &endpoints); err != nil {
		return "", fmt.Errorf("find the page: %w", err)
	}
	return strings.TrimPrefix(endpoints.Statuspage, "http://"), nil
}

// fillPage makes components and an incident that concerns one of them.
func fillPage(ctx context.Context, system *instance, components int) (incident string, err error) {
	apply := &catalogv1.ApplyRequest{}
	for n := range components {
		apply.Resources = append(apply.Resources, &catalogv1.Resource{
			Kind: "component", Name: fmt.Sprintf("part-%d", n),
			Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Component{Component: &catalogv1.ComponentSpec{
				DisplayName: fmt.Sprintf("Part %d", n), Description: "What it is for, in a few words", StartDate: "2020-01-01",
			}}},
		})
	}
	if _, err := catalogv1.NewCatalogServiceClient(system.conn).Apply(ctx, apply); err != nil {
		return "", fmt.Errorf("apply components: %w", err)
	}
	declared, err := incidentv1.NewCommandServiceClient(system.conn).DeclareIncident(ctx, &incidentv1.DeclareIncidentRequest{Title: "Benchmark"})
	if err != nil {
		return "", fmt.Errorf("declare: %w", err)
	}
	return declared.GetResult().GetIncidentId(), nil
}

// publications publishes updates one after the other and waits for each to be seen.
func publications(ctx context.Context, system *instance, incident, address string, notes map[string]float64) error {
	commands := incidentv1.NewCommandServiceClient(system.conn)
	reader, err := newReader(ctx, address)
	if err != nil {
		return err
	}
	defer reader.close()
	var times []time.Duration
	for n := range pagePublications {
		text := fmt.Sprintf("Update number %d of the benchmark.", n)
		if _, err := commands.PublishUpdate(ctx, &incidentv1.PublishUpdateRequest{
			Incident: incident, Status: incidentv1.Status_STATUS_INVESTIGATING, Message: text,
			Components: []*incidentv1.ComponentImpact{{Component: "part-0", Status: incidentv1.ComponentStatus_COMPONENT_STATUS_PARTIAL_OUTAGE}},
		}); err != nil {
			return fmt.Errorf("publish: %w", err)
		}
		acknowledged := time.Now()
		if err := seen(ctx, reader, text, acknowledged.Add(pagePatience)); err != nil {
			return err
		}
		times = append(times, time.Since(acknowledged))
		if err := wait.For(ctx, pagePause*time.Duration(n%8)); err != nil {
			return err
		}
	}
	f := figuresOf(times, 0)
	notes["publish_to_visible_p50_ms"], notes["publish_to_visible_p99_ms"] = f.P50, f.P99
	return nil
}

// seen waits for the page to show a text.
func seen(ctx context.Context, r *pageReader, text string, until time.Time) error {
	for {
		a, err := r.get(false)
		if err != nil && !errors.Is(err, errAnswer) { // There is no page right after the start.
			return err
		}
		if strings.Contains(string(a.body), text) {
			return nil
		}
		if time.Now().After(until) {
			return fmt.Errorf("the page does not show what was published %s ago", pagePatience)
		}
		if err := wait.For(ctx, 2*time.Millisecond); err != nil {
			return err
		}
	}
}

// serving asks as fast as it is answered.
func serving(ctx context.Context, address string, duration time.Duration) (Figures, error) {
	readers, closeAll, err := newReaders(ctx, address, pageReaders)
	if err != nil {
		return Figures{}, err
	}
	defer closeAll()
	times, elapsed, err := load(ctx, pageReaders, duration, func(_ context.Context, worker, _ int) error { return readers[worker].skip("/") })
	return figuresOf(times, elapsed), err
}

// steadily asks at a steady rate and notes how long answers take.
func steadily(ctx context.Context, address string, perSecond int, duration time.Duration, notes map[string]float64, who string) error {
	const most = 64 // workers of paced
	readers, closeAll, err := newReaders(ctx, address, most)
	if err != nil {
		return err
	}
	defer closeAll()
	var mu sync.Mutex
	slow := 0
	began := time.Now()
	times, err := paced(ctx, perSecond, duration, func(_ context.Context, worker, _ int) error {
		started := time.Now()
		err := readers[worker].skip("/")
		if time.Since(started) > 10*time.Millisecond {
			mu.Lock()
			defer mu.Unlock()
			slow++
		}
		return err
	})
	if err != nil {
		return err
	}
	f := figuresOf(times, time.Since(began))
	notes[who+"_at_rate_p50_ms"], notes[who+"_at_rate_p99_ms"], notes[who+"_at_rate_per_second"] = f.P50, f.P99, f.PerSecond
	notes[who+"_at_rate_over_10_ms"] = float64(slow)
	return nil
}

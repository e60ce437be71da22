package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

const (
	// projectIncidents is how many incidents are worked on at once.
	projectIncidents = 100
	// projectSample is how many writes go by between two that are read back.
	projectSample = 10
)

// Project measures the time from the acknowledgment of a write to the answer of
// a read that holds it, at a steady rate of writes, against the time from a raw
// append to its delivery to a tail of the same log.
func Project(ctx context.Context, perSecond int, duration time.Duration) (Report, error) {
	r := Report{
		Bench: "project", Params: map[string]any{"events_per_second": perSecond, "seconds": duration.Seconds()},
		LimitIs: "from a raw append's acknowledgment to its delivery to a tail, at the same rate",
	}
	var err error
	if r.Ours, err = projectOurs(ctx, perSecond, duration); err != nil {
		return r, err
	}
	if r.Limit, err = projectRaw(ctx, perSecond, duration); err != nil {
		return r, err
	}
	r.byTime()
	return r, nil
}

func projectOurs(ctx context.Context, perSecond int, duration time.Duration) (Figures, error) {
	dir, remove, err := workspace()
	if err != nil {
		return Figures{}, err
	}
	defer remove()
	system, err := start(ctx, dir)
	if err != nil {
		return Figures{}, err
	}
	defer system.stop()
	commands := incidentv1.NewCommandServiceClient(system.conn)
	reads := timelinev1.NewTimelineServiceClient(system.conn)
	ids := make([]string, projectIncidents)
	for i := range ids {
		declared, err := commands.DeclareIncident(ctx, &incidentv1.DeclareIncidentRequest{Title: fmt.Sprintf("Benchmark %d", i)})
		if err != nil {
			return Figures{}, fmt.Errorf("declare: %w", err)
		}
		ids[i] = declared.GetResult().GetIncidentId()
	}
	var mu sync.Mutex
	var visible []time.Duration
	_, err = paced(ctx, perSecond, duration, func(ctx context.Context, _, n int) error {
		id := ids[n%projectIncidents]
		written, err := commands.AddNote(ctx, &incidentv1.AddNoteRequest{Incident: id, Text: noteText})
		if err != nil || n%projectSample != 0 || n < perSecond {
			return err
		}
		acknowledged := time.Now()
		if _, err := reads.GetIncident(ctx, &timelinev1.GetIncidentRequest{Incident: id, Position: written.GetResult().GetPosition()}); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		visible = append(visible, time.Since(acknowledged))
		return nil
	})
	return figuresOf(visible, 0), err
}

func projectRaw(ctx context.Context, perSecond int, duration time.Duration) (Figures, error) {
	dir, remove, err := workspace()
	if err != nil {
		return Figures{}, err
	}
	defer remove()
	b, err := openBroker(ctx, dir)
	if err != nil {
		return Figures{}, err
	}
	defer b.close()
	publish, err := b.raw()
	if err != nil {
		return Figures{}, err
	}
	data, err := noteCommit(rawSubject(0))
	if err != nil {
		return Figures{}, err
	}
	total := int(float64(perSecond) * duration.Seconds())
	acknowledged, delivered := make([]time.Time, total+1), make([]time.Time, total+1)
	tail, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = b.log.Tail(tail, eventlog.Position{}, func(m eventlog.Message) error {
			delivered[m.Sequence] = time.Now()
			if m.Sequence == uint64(total) {
				stop()
			}
			return nil
		})
	}()
	_, err = paced(ctx, perSecond, duration, func(ctx context.Context, _, n int) error {
		sequence, err := publish(ctx, fmt.Sprintf("incident.raw%d", n), 0, data)
		acknowledged[sequence] = time.Now()
		return err
	})
	if err != nil {
		return Figures{}, err
	}
	<-done
	var times []time.Duration
	for i := 1; i <= total; i++ {
		times = append(times, max(0, delivered[i].Sub(acknowledged[i])))
	}
	return figuresOf(times, 0), nil
}

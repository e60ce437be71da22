package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// Rebuild measures building the timeline's view anew from a log of the given
// number of events up to the swing, against as many rows written by COPY. Its
// notes hold how long `up` took to be ready with that log, the memory of the
// idle process, and the rate of the search index.
func Rebuild(ctx context.Context, events int) (Report, error) {
	r := Report{
		Bench: "rebuild", Params: map[string]any{"events": events}, Notes: map[string]float64{},
		LimitIs: "as many rows written by one COPY into a plain table with its primary key",
	}
	dir, remove, err := workspace()
	if err != nil {
		return r, err
	}
	defer remove()
	written, _, err := seed(ctx, dir, events)
	if err != nil {
		return r, err
	}
	r.Params["events"] = written
	if err := r.firstStart(ctx, dir, written); err != nil {
		return r, err
	}
	system, err := start(ctx, dir)
	if err != nil {
		return r, err
	}
	defer system.stop()
	r.Notes["ready_seconds"] = system.ready.Seconds()
	if err := system.settle(ctx); err != nil {
		return r, err
	}
	idle, err := system.idleMemory(ctx)
	if err != nil {
		return r, err
	}
	r.Notes["idle_memory_mb"] = idle / 1e6
	if err := r.rebuild(ctx, system, written); err != nil {
		return r, err
	}
	table, err := openRows(ctx, system.endpoints.Database)
	if err != nil {
		return r, err
	}
	defer table.close(ctx)
	elapsed, err := table.copy(ctx, written, eventsPerIncident)
	if err != nil {
		return r, err
	}
	r.Limit = rateOnly(written, elapsed)
	r.byRate()
	return r, nil
}

// firstStart lets the view catch up with the seeded log, as after a restore.
func (r *Report) firstStart(ctx context.Context, dir string, events int) error {
	begin := time.Now()
	system, err := start(ctx, dir)
	if err != nil {
		return err
	}
	defer system.stop()
	if err := system.settle(ctx); err != nil {
		return err
	}
	r.Notes["catch_up_per_second"] = float64(events) / time.Since(begin).Seconds()
	return nil
}

// rebuild runs one and measures its phases.
func (r *Report) rebuild(ctx context.Context, system *instance, events int) error {
	client := timelinev1.NewTimelineServiceClient(system.conn)
	begin := time.Now()
	stream, err := client.Rebuild(ctx, &timelinev1.RebuildRequest{})
	if err != nil {
		return fmt.Errorf("rebuild: %w", err)
	}
	var swung time.Time
	for {
		step, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("rebuild: %w", err)
		}
		if step.GetPhase() >= timelinev1.RebuildPhase_REBUILD_PHASE_SWUNG && swung.IsZero() {
			swung = time.Now()
			r.Ours = rateOnly(events, swung.Sub(begin))
		}
		if n := len(step.GetDifferences()); n > 0 {
			return fmt.Errorf("rebuild: the new view differs from the live one: %s", step.GetDifferences()[0])
		}
	}
	if swung.IsZero() {
		return errors.New("rebuild: it ended without taking over")
	}
	r.Notes["search_per_second"] = float64(events) / time.Since(swung).Seconds()
	return nil
}

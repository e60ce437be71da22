package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/wait"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// Read measures the first page of filtered lists over many incidents, against
// fifty rows of a plain table of as many rows by primary key.
func Read(ctx context.Context, incidents, clients int, duration time.Duration) (Report, error) {
	r := Report{
		Bench: "read", Params: map[string]any{"incidents": incidents, "clients": clients, "seconds": duration.Seconds()},
		LimitIs: "fifty rows of a plain table by primary key, straight from Postgres, by as many clients",
	}
	dir, remove, err := workspace()
	if err != nil {
		return r, err
	}
	defer remove()
	if _, _, err := seed(ctx, dir, incidents*eventsPerIncident); err != nil {
		return r, err
	}
	system, err := start(ctx, dir)
	if err != nil {
		return r, err
	}
	defer system.stop()
	if err := system.settle(ctx); err != nil {
		return r, err
	}
	client := timelinev1.NewTimelineServiceClient(system.conn)
	times, elapsed, err := load(ctx, clients, duration, func(ctx context.Context, worker, n int) error {
		_, err := client.ListIncidents(ctx, filter(worker+n))
		return err
	})
	if err != nil {
		return r, fmt.Errorf("list incidents: %w", err)
	}
	r.Ours = figuresOf(times, elapsed)
	r.Limit, err = system.plainPages(ctx, clients, incidents, eventsPerIncident, duration)
	r.byTime()
	return r, err
}

// filter is one of the lists that people look at.
func filter(n int) *timelinev1.ListIncidentsRequest {
	switch n % 4 {
	case 0:
		return &timelinev1.ListIncidentsRequest{Open: true}
	case 1:
		return &timelinev1.ListIncidentsRequest{Severities: []incidentv1.Severity{incidentv1.Severity_SEVERITY_SEV1}}
	case 2:
		return &timelinev1.ListIncidentsRequest{Services: []string{fmt.Sprintf("service-%d", n%50)}}
	}
	return &timelinev1.ListIncidentsRequest{Statuses: []incidentv1.Status{incidentv1.Status_STATUS_RESOLVED}}
}

// TimeTravel measures pages of fifty entries of one incident at random instants
// of its past, against fifty rows of a plain table.
func TimeTravel(ctx context.Context, entries int, duration time.Duration) (Report, error) {
	r := Report{
		Bench: "timetravel", Params: map[string]any{"entries": entries, "clients": 1, "seconds": duration.Seconds()},
		LimitIs: "fifty rows of a plain table by primary key, straight from Postgres, by one client",
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
	id, position, began, err := system.longIncident(ctx, entries)
	if err != nil {
		return r, err
	}
	span := time.Since(began)
	client := timelinev1.NewTimelineServiceClient(system.conn)
	times, elapsed, err := load(ctx, 1, duration, func(ctx context.Context, _, n int) error {
		instant := timestamppb.New(began.Add(time.Duration(rand.Int64N(int64(span))))) //nolint:gosec // Any instant does.
		at := &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_KnownAt{KnownAt: instant}}
		if n%2 == 1 {
			at = &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_HappenedAt{HappenedAt: instant}}
		}
		_, err := client.ListEntries(ctx, &timelinev1.ListEntriesRequest{Incident: id, At: at, PageSize: 50, Position: position})
		return err
	})
	if err != nil {
		return r, fmt.Errorf("list entries: %w", err)
	}
	r.Ours = figuresOf(times, elapsed)
	r.Limit, err = system.plainPages(ctx, 1, 1, entries, duration)
	r.byTime()
	return r, err
}

// longIncident makes an incident with the given number of entries, and says since
// when it has been there.
func (i *instance) longIncident(ctx context.Context, entries int) (id, position string, since time.Time, err error) {
	client := incidentv1.NewCommandServiceClient(i.conn)
	declared, err := client.DeclareIncident(ctx, &incidentv1.DeclareIncidentRequest{Title: "Benchmark"})
	if err != nil {
		return "", "", since, fmt.Errorf("declare: %w", err)
	}
	since = time.Now()
	id = declared.GetResult().GetIncidentId()
	for range entries - 1 {
		noted, err := client.AddNote(ctx, &incidentv1.AddNoteRequest{Incident: id, Text: noteText})
		if err != nil {
			return "", "", since, fmt.Errorf("note: %w", err)
		}
		position = noted.GetResult().GetPosition()
	}
	return id, position, since, nil
}

// plainPages reads pages from a plain table of as many histories, with as many clients.
func (i *instance) plainPages(ctx context.Context, clients, histories, perHistory int, duration time.Duration) (Figures, error) {
	table, err := openRows(ctx, i.endpoints.Database)
	if err != nil {
		return Figures{}, err
	}
	defer table.close(ctx)
	if _, err := table.copy(ctx, histories*perHistory, perHistory); err != nil {
		return Figures{}, err
	}
	times, elapsed, err := load(ctx, clients, duration, func(ctx context.Context, _, _ int) error {
		return table.page(ctx, rand.IntN(histories), 1+rand.IntN(perHistory)) //nolint:gosec // Any page does.
	})
	return figuresOf(times, elapsed), err
}

// settle waits until the view holds everything that is in the log, and finds it.
func (i *instance) settle(ctx context.Context) error {
	client := timelinev1.NewTimelineServiceClient(i.conn)
	for {
		status, err := client.GetStatus(ctx, &timelinev1.GetStatusRequest{})
		if err != nil {
			return fmt.Errorf("wait for the view: %w", err)
		}
		if status.GetLagEvents() == 0 && !status.GetSearchIncomplete() {
			return nil
		}
		if wait.For(ctx, 50*time.Millisecond) != nil {
			return context.Cause(ctx)
		}
	}
}

package bench

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// Append measures notes written through gRPC by clients on different incidents,
// against the same bytes appended to JetStream by as many writers.
func Append(ctx context.Context, clients int, duration time.Duration) (Report, error) {
	r := Report{
		Bench: "append", Params: map[string]any{"clients": clients, "seconds": duration.Seconds()},
		LimitIs: "the same bytes appended straight to the embedded JetStream, fsync on, by as many writers on different subjects",
	}
	var err error
	if r.Ours, err = appendOurs(ctx, clients, duration); err != nil {
		return r, err
	}
	if r.Limit, err = appendRaw(ctx, clients, duration); err != nil {
		return r, err
	}
	r.byRate()
	return r, nil
}

func appendOurs(ctx context.Context, clients int, duration time.Duration) (Figures, error) {
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
	client := incidentv1.NewCommandServiceClient(system.conn)
	ids := make([]string, clients)
	for i := range ids {
		declared, err := client.DeclareIncident(ctx, &incidentv1.DeclareIncidentRequest{Title: fmt.Sprintf("Benchmark %d", i)})
		if err != nil {
			return Figures{}, fmt.Errorf("declare: %w", err)
		}
		ids[i] = declared.GetResult().GetIncidentId()
	}
	times, elapsed, err := load(ctx, clients, duration, func(ctx context.Context, worker, n int) error {
		_, err := client.AddNote(ctx, &incidentv1.AddNoteRequest{
			Incident: ids[worker], Text: noteText, RequestId: fmt.Sprintf("%d-%d", worker, n),
		})
		return err
	})
	return figuresOf(times, elapsed), err
}

// appendRaw appends note commits like ours without gRPC, deciding or folding.
func appendRaw(ctx context.Context, writers int, duration time.Duration) (Figures, error) {
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
	last := make([]uint64, writers)
	data := make([][]byte, writers)
	for i := range data {
		if data[i], err = noteCommit(rawSubject(i)); err != nil {
			return Figures{}, err
		}
	}
	publish, err := b.raw()
	if err != nil {
		return Figures{}, err
	}
	times, elapsed, err := load(ctx, writers, duration, func(ctx context.Context, worker, _ int) error {
		sequence, err := publish(ctx, rawSubject(worker), last[worker], data[worker])
		last[worker] = sequence
		return err
	})
	return figuresOf(times, elapsed), err
}

func rawSubject(i int) string { return fmt.Sprintf("incident.raw%d", i) }

// noteCommit is a note as the system stores it.
func noteCommit(subject string) ([]byte, error) {
	draft, err := record.Encode(incident.NoteAdded{Text: noteText})
	if err != nil {
		return nil, err
	}
	draft.EventID, draft.Actor = "00000000-0000-7000-8000-000000000000", "benchbenchbenchbenchbench0"
	request := chain.Request{ID: "12-34567", Body: []byte(noteText)}
	head := chain.Head{Revision: 1, RecordedAtMicros: 1}
	data, _, err := chain.Seal(head, subject, []chain.Draft{draft}, request, time.Now(), rand.Reader)
	return data, err
}

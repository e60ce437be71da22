package eventlogtest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

func testBatch(t *testing.T, h Harness) {
	log := h.New(t)
	number, incident := NewAggregate(t, "number.1"), NewAggregate(t, "incident.a")
	positions, err := log.AppendBatch(t.Context(), []eventlog.Append{number.Seal("claimed"), incident.Seal("declared")})
	must(t, err)
	if len(positions) != 2 || positions[0].Sequence != 1 || positions[1].Sequence != 2 {
		t.Fatalf("positions %v", positions)
	}
	other := NewAggregate(t, "incident.b")
	_, err = log.AppendBatch(t.Context(), []eventlog.Append{other.Seal("declared"), NewAggregate(t, "number.1").Seal("claimed too")})
	wantError(t, err, eventlog.ErrConflict)
	last, err := log.LastSequence(t.Context(), other.Subject)
	must(t, err)
	head, err := log.Head(t.Context())
	must(t, err)
	if last != 0 || head != positions[1] {
		t.Fatalf("half a batch was stored: last %d, head %v", last, head)
	}
}

func testRepeatedBatch(t *testing.T, h Harness) {
	log := h.New(t)
	number, incident := NewAggregate(t, "number.1"), NewAggregate(t, "incident.a")
	batch := []eventlog.Append{number.Seal("claimed"), incident.Seal("declared")}
	first, err := log.AppendBatch(t.Context(), batch)
	must(t, err)
	incident.Accept(batch[1], first[1])
	incident.Append(log, "another writer's")
	again, err := log.AppendBatch(t.Context(), batch)
	must(t, err)
	if !slices.Equal(first, again) {
		t.Fatalf("stored at %v, repeated at %v", first, again)
	}
}

func testLargestBatch(t *testing.T, h Harness) {
	log := h.New(t)
	batch := make([]eventlog.Append, eventlog.MaxBatch)
	for i := range batch {
		batch[i] = NewAggregate(t, fmt.Sprintf("incident.i%d", i)).Seal("imported")
	}
	positions, err := log.AppendBatch(t.Context(), batch)
	must(t, err)
	for i, p := range positions {
		if p.Sequence != uint64(i)+1 {
			t.Fatalf("message %d at %d", i, p.Sequence)
		}
	}
	_, err = log.AppendBatch(t.Context(), slices.Concat(batch, []eventlog.Append{NewAggregate(t, "incident.more").Seal("x")}))
	wantError(t, err, eventlog.ErrInvalid)
}

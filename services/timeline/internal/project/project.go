package project

import (
	"context"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"go.opentelemetry.io/otel/trace"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/projection"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// View is the projection of incidents.
type View struct {
	engine *fold.Engine
	tracer trace.Tracer

	// barred are incidents of which the database refused a row, by the sequence of
	// the message: nothing more is written of them until a rebuild. nil: not
	// looked up since the start.
	barred map[incident.ID]uint64

	redacted func([]incident.ID)
	// replaced are the incidents with redacted rows in the transaction that runs.
	replaced []incident.ID
}

var _ projection.Queued = (*View)(nil)

// New returns the view over a log. redacted is called after a transaction that
// replaced redacted rows, with their incidents; it must return at once.
func New(log eventlog.Reader, tracer trace.Tracer, redacted func([]incident.ID)) *View {
	return &View{engine: fold.NewEngine(log, fold.Options{}), tracer: tracer, redacted: redacted}
}

// Enter implements [projection.View].
func (v *View) Enter(ctx context.Context, tx pgx.Tx) error {
	return store.Enter(ctx, tx, view.Version())
}

// EnterSQL implements [projection.Queued].
func (v *View) EnterSQL() []string { return store.EnterSQL(view.Version()) }

// Apply implements [projection.View].
func (v *View) Apply(ctx context.Context, tx pgx.Tx, batch []eventlog.Message) error {
	if err := v.lookUp(ctx, tx); err != nil {
		return err
	}
	rows, err := v.fold(ctx, batch)
	if err != nil {
		return err
	}
	return store.Write(ctx, tx, rows)
}

// Queue implements [projection.Queued].
func (v *View) Queue(ctx context.Context, batch []eventlog.Message) (*pgx.Batch, error) {
	if v.barred == nil {
		return nil, nil //nolint:nilnil // Apply looks them up.
	}
	rows, err := v.fold(ctx, batch)
	if err != nil {
		return nil, err
	}
	return store.Queue(rows)
}

// fold returns the rows of messages.
func (v *View) fold(ctx context.Context, batch []eventlog.Message) (fold.Rows, error) {
	var mu sync.Mutex
	var rows fold.Rows
	var traces []string
	err := v.engine.Fold(ctx, v.admitted(batch), func(c fold.Change) error {
		mu.Lock()
		defer mu.Unlock()
		for _, e := range c.Events {
			if e.TraceParent != "" {
				traces = append(traces, e.TraceParent)
			}
		}
		return rows.Add(c)
	})
	if err != nil {
		return rows, fmt.Errorf("fold batch: %w", err)
	}
	for _, parent := range traces {
		// Ends with the call: a batch is written as a whole.
		_, span := v.tracer.Start(telemetry.WithTraceParent(ctx, parent), "timeline project", trace.WithSpanKind(trace.SpanKindConsumer))
		defer span.End()
	}
	v.replaced = rows.Redacted()
	return rows, nil
}

// admitted leaves out what belongs to incidents that are barred.
func (v *View) admitted(batch []eventlog.Message) []eventlog.Message {
	if len(v.barred) == 0 {
		return batch
	}
	out := make([]eventlog.Message, 0, len(batch))
	for _, m := range batch {
		id, _ := fold.IncidentOf(m.Subject)
		if since, ok := v.barred[id]; !ok || m.Sequence < since {
			out = append(out, m)
		}
	}
	return out
}

// refused begins the problem of an incident of which the database refused a row.
const refused = "the database refuses it: "

// lookUp finds the incidents that are barred.
func (v *View) lookUp(ctx context.Context, tx pgx.Tx) error {
	if v.barred != nil {
		return nil
	}
	barred, err := store.Refused(ctx, tx, refused)
	if err != nil {
		return err
	}
	v.barred = barred
	return nil
}

// Quarantine implements [projection.View].
func (v *View) Quarantine(ctx context.Context, tx pgx.Tx, m eventlog.Message, cause error) error {
	id, ok := fold.IncidentOf(m.Subject)
	if !ok {
		return nil
	}
	p := fold.Problem{Incident: id, Sequence: m.Sequence, Reason: refused + cause.Error()}
	if commit, err := chain.Open(m.Data); err == nil {
		if e, err := commit.Records[0].Envelope(); err == nil {
			p.Revision = e.Revision
		}
	}
	v.barred = nil
	return store.Write(ctx, tx, fold.Rows{Problems: []fold.Problem{p}})
}

// Reset implements [projection.View].
func (v *View) Reset() {
	v.engine.Reset()
	v.barred, v.replaced = nil, nil
}

// Committed implements [projection.View].
func (v *View) Committed(eventlog.Position) {
	if len(v.replaced) > 0 {
		v.redacted(v.replaced)
		v.replaced = nil
	}
}

package tee

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/wait"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/admit"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

const (
	// lookEvery is how often is looked for what is due.
	lookEvery = 250 * time.Millisecond
	// lease is how long nobody else may work on an alert: longer than an attempt and what
	// is said of it take.
	lease = 30 * time.Second
	// most alerts are taken at once, width of one integration forwarded at once: the rest of
	// an integration that is slow waits, and that of others does not.
	most, width = 16, 8
	// idle is how long an alert rests about which nothing is to be told; what happens to it
	// wakes it before.
	idle = time.Hour
	// noteTimeout bounds one call of command.
	noteTimeout = 10 * time.Second
)

// errUnreadable: the log has an alert that this version cannot read.
var errUnreadable = errors.New("the alert cannot be read")

// Forwarder tells other tools of alerts. Its fields are set once, before Run.
type Forwarder struct {
	Log     eventlog.Reader
	Catalog *catalog.Follower
	Ledger  *ledger.Ledger
	// Gate lets it send.
	Gate *admit.Gate
	// Caller makes the calls.
	Caller Caller
	// Signals finds what senders sent; nil: that is not known.
	Signals Signals
	// Notes says on the alert what came of it; nil: nobody does.
	Notes  signalv1.AlertServiceClient
	Now    func() time.Time
	Logger *slog.Logger

	withheld withheld

	mu   sync.Mutex
	busy map[string]int // attempts by integration
}

// Run forwards until ctx ends, and returns when everything in hand is given back.
func (f *Forwarder) Run(ctx context.Context) {
	f.busy = map[string]int{}
	var all sync.WaitGroup
	defer all.Wait()
	for ctx.Err() == nil {
		rows, err := f.take(ctx)
		if err != nil && ctx.Err() == nil {
			f.Gate.Close()
			f.Logger.WarnContext(ctx, "alerts are not forwarded and tried again", "error", err)
		}
		for _, row := range rows {
			f.count(row.IntegrationID, 1)
			all.Go(func() {
				defer f.count(row.IntegrationID, -1)
				if err := f.step(ctx, row); err != nil && ctx.Err() == nil {
					f.Logger.WarnContext(ctx, "an alert is forwarded later", "alert_id", row.AlertID, "error", err)
				}
			})
		}
		if len(rows) == 0 {
			_ = wait.For(ctx, lookEvery) // the loop looks at ctx
		}
	}
}

func (f *Forwarder) take(ctx context.Context) ([]db.NotifierLedgerTee, error) {
	if err := f.Gate.Pass(ctx); err != nil {
		return nil, err
	}
	return f.Ledger.TakeTees(ctx, lease, f.full(), most)
}

func (f *Forwarder) count(integration string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.busy[integration] += n
}

// full are the integrations of which nothing more is taken for now.
func (f *Forwarder) full() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var full []string
	for id, n := range f.busy {
		if n >= width {
			full = append(full, id)
		}
	}
	return full
}

// step does the next thing for one alert and writes down how far it has got. What was sent
// and not written down is sent again under the same key.
func (f *Forwarder) step(ctx context.Context, row db.NotifierLedgerTee) error {
	if row.Note != "" {
		if err := f.note(ctx, row); err != nil {
			return errors.Join(err, f.Ledger.SaveTee(ctx, row, pausedFor))
		}
		row.Note, row.NoteKey = "", ""
		return f.Ledger.SaveTee(ctx, row, 0)
	}
	of, err := f.alert(ctx, row.AlertID)
	if errors.Is(err, errUnreadable) && f.Now().Sub(row.CreatedAt) > idle {
		row.State = "dead" // what has the same key there waits for it
		return errors.Join(err, f.Ledger.SaveTee(ctx, row, 0))
	}
	if err != nil {
		return err
	}
	r, known := f.Catalog.State().Get("integration", row.IntegrationID)
	var tool string
	if known {
		tool = r.Spec.GetIntegration().GetType()
	}
	t, ended := next(row, of, tool == "opsgenie" && comesFrom(tool, of.Fired.Source))
	if ended {
		row.State = "done"
	}
	if t.action == "" {
		return f.Ledger.SaveTee(ctx, row, idle)
	}
	if !known {
		row.State = "dead"
		row.Note, row.NoteKey = "Not forwarded: the integration was deleted.", "deleted"
		return f.conclude(ctx, row)
	}
	if r.Spec.GetIntegration().GetDisabled() {
		return f.Ledger.SaveTee(ctx, row, pausedFor)
	}
	return f.tell(ctx, row, of, t, r)
}

// tell tells one thing of an alert to an integration and writes down what came of it.
func (f *Forwarder) tell(ctx context.Context, row db.NotifierLedgerTee, of history, t telling, r *catalog.Resource) error {
	about := About{ID: row.AlertID, State: of.State, Severity: f.severity(of.State)}
	var why string
	if t.action == Trigger || comesFrom(r.Spec.GetIntegration().GetType(), of.Fired.Source) {
		about.Raw, why = f.raw(ctx, of, t.signal)
		about.Alone = alone(f.Catalog.State(), about.Raw)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if t.action == Trigger && !row.Tried {
		key := keyOf(r.Spec.GetIntegration().GetType(), of.Fired, about.Raw)
		var err error
		if row.Key, err = f.Ledger.TryTee(ctx, withKey(row, key)); err != nil {
			return err
		}
		if row.Key != key {
			why = whyShared
		}
	}
	about.Key = row.Key
	outcome, skipped := f.send(ctx, r, t.action, about, why)
	switch {
	case skipped:
		row.Noted = int64(t.revision)
		return f.Ledger.SaveTee(ctx, row, 0)
	case ctx.Err() != nil && !outcome.accepted:
		return ctx.Err() // it was cut off: tried again when the lease is over
	}
	row, rest := after(row, t, outcome, f.Now())
	if row.Note != "" {
		row.Note = r.Name + ": " + row.Note
	}
	if err := pointAfterForward.Hit(ctx); err != nil {
		return err
	}
	return f.Ledger.SaveTee(context.WithoutCancel(ctx), row, rest)
}

func withKey(row db.NotifierLedgerTee, key string) db.NotifierLedgerTee {
	row.Key = key
	return row
}

// conclude writes a row that has come to its end, after what is to be said was said.
func (f *Forwarder) conclude(ctx context.Context, row db.NotifierLedgerTee) error {
	if err := f.note(ctx, row); err != nil {
		return err
	}
	row.Note, row.NoteKey = "", ""
	return f.Ledger.SaveTee(ctx, row, 0)
}

// alert returns an alert as it stands in the log.
func (f *Forwarder) alert(ctx context.Context, id string) (history, error) {
	return eventlog.Fold(ctx, f.Log, alert.Subject(id), func(of history, data []byte) (history, error) {
		of, err := of.after(data)
		if err != nil {
			return of, fmt.Errorf("%w: %w", errUnreadable, err)
		}
		return of, nil
	})
}

// severity is that of the alert's route.
func (f *Forwarder) severity(state alert.State) incident.Severity {
	r, ok := f.Catalog.State().Get("route", state.Fired.Route)
	if !ok {
		return 0
	}
	return incident.Severity(r.Spec.GetRoute().GetSeverity())
}

// note says on the alert what came of it, once. What command refuses for good is not said.
func (f *Forwarder) note(ctx context.Context, row db.NotifierLedgerTee) error {
	if f.Notes == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, noteTimeout)
	defer cancel()
	_, err := f.Notes.NoteAlert(ctx, &signalv1.NoteAlertRequest{
		AlertId: row.AlertID, RequestId: "tee-" + row.IntegrationID + "-" + row.NoteKey, Text: row.Note,
	})
	switch status.Code(err) {
	case codes.OK, codes.InvalidArgument, codes.FailedPrecondition, codes.NotFound, codes.AlreadyExists:
		return nil
	default:
		return fmt.Errorf("note what was forwarded: %w", err)
	}
}

package cli

import (
	"context"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

const (
	// maxHistories is how many histories one call may hold.
	maxHistories = 200
	// maxCallBytes keeps a call below what a server receives.
	maxCallBytes = 2 << 20
)

// callsOf cuts histories into calls.
func callsOf(histories []*incidentv1.ImportedIncident) [][]*incidentv1.ImportedIncident {
	var calls [][]*incidentv1.ImportedIncident
	var call []*incidentv1.ImportedIncident
	bytes := 0
	for _, h := range histories {
		size := proto.Size(h)
		if len(call) > 0 && (len(call) == maxHistories || bytes+size > maxCallBytes) {
			calls, call, bytes = append(calls, call), nil, 0
		}
		call, bytes = append(call, h), bytes+size
	}
	if len(call) > 0 {
		calls = append(calls, call)
	}
	return calls
}

// sender sends calls from several goroutines and adds up what became of them.
type sender struct {
	app      *app
	session  *session
	progress *output.Progress

	mu     sync.Mutex
	report *view.ImportReport
	err    error
}

// sendHistories sends all histories. A call that is under way when ctx ends is
// still finished, so that the report is true; then report.Interrupted is set.
//
// It does not wait until reads hold them: reads of this account do (client.OwnWrites).
func (a *app) sendHistories(ctx context.Context, s *session, work importer.Batch, parallel int, report *view.ImportReport) error {
	start := a.Now()
	x := &sender{
		app: a, session: s, report: report,
		progress: output.NewProgress(a.Err, a.ErrTerminal, a.Now, "import", "events", work.Events()),
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	calls := make(chan []*incidentv1.ImportedIncident)
	var workers sync.WaitGroup
	for range parallel {
		workers.Go(func() {
			for call := range calls {
				if err := x.send(context.WithoutCancel(ctx), call); err != nil {
					x.fail(err)
					stop()
				}
			}
		})
	}
	interrupted := false
	for _, call := range callsOf(work.Histories) {
		if interrupted = !hand(ctx, calls, call); interrupted {
			break
		}
	}
	close(calls)
	workers.Wait()
	x.progress.Close()
	if report.Seconds = a.Now().Sub(start).Seconds(); report.Seconds > 0 {
		report.PerSecond = float64(x.progress.Done()) / report.Seconds
	}
	report.Interrupted = interrupted && x.err == nil
	return x.err
}

// hand gives a call to a worker; false when ctx ended first.
func hand(ctx context.Context, calls chan<- []*incidentv1.ImportedIncident, call []*incidentv1.ImportedIncident) bool {
	if ctx.Err() != nil {
		return false
	}
	select {
	case calls <- call:
		return true
	case <-ctx.Done():
		return false
	}
}

func (x *sender) fail(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.err == nil {
		x.err = err
	}
}

// send performs one call, and again when its outcome is not known: what is there
// already is not imported twice.
func (x *sender) send(ctx context.Context, call []*incidentv1.ImportedIncident) error {
	for _, pause := range []time.Duration{time.Second, 3 * time.Second, 0} {
		limited, cancel := context.WithTimeout(ctx, 2*time.Minute)
		response, err := x.session.Commands.ImportIncidents(limited, &incidentv1.ImportIncidentsRequest{Incidents: call})
		cancel()
		if err == nil {
			x.count(call, response.GetOutcomes())
			return nil
		}
		f := fault.From(err)
		retry := f.Code == fault.Unreachable || f.Code == fault.Unknown
		if !retry || pause == 0 || !rest(ctx, pause) {
			if retry {
				f.Message += "; repeat the command: what is there already is not imported twice"
			}
			return f
		}
	}
	return nil
}

func (x *sender) count(call []*incidentv1.ImportedIncident, outcomes []*incidentv1.ImportOutcome) {
	x.mu.Lock()
	defer x.mu.Unlock()
	done := uint64(0)
	for i, h := range call {
		done += uint64(len(h.GetSteps())) + 1
		if i >= len(outcomes) {
			continue
		}
		switch o := outcomes[i]; {
		case o.GetError() != "":
			x.report.Refused = append(x.report.Refused, view.Refusal{
				ExternalID: h.GetDeclare().GetExternal().GetId(), Title: h.GetDeclare().GetTitle(), Error: o.GetError(),
			})
		case o.GetExisted():
			x.report.Existed++
			if o.GetAdded() > 0 {
				x.report.Grown++
				x.report.Events += uint64(max(o.GetAdded(), o.GetEvents()))
			}
		default:
			x.report.Imported++
			x.report.Events += uint64(o.GetEvents())
		}
	}
	x.progress.Add(done)
}

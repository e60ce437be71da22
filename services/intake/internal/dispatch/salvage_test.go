package dispatch_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/silence"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/dispatch"
	"github.com/bridgelog/bridgelog/services/intake/internal/route"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// refusing stands where command stands: it answers what it is told to, and writes alerts
// where that is nothing. It writes none twice.
type refusing struct {
	incidentv1.CommandServiceClient
	signalv1.AlertServiceClient

	log *memory.Log

	mu                        sync.Mutex
	declares, fires, resolves error
	notes                     []string // why signals were set aside
}

func (r *refusing) DeclareIncident(_ context.Context, in *incidentv1.DeclareIncidentRequest, _ ...grpc.CallOption) (*incidentv1.DeclareIncidentResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &incidentv1.DeclareIncidentResponse{Result: &incidentv1.WriteResult{IncidentId: in.GetAlertId()}}, r.declares
}

func (r *refusing) RecordAlertFired(ctx context.Context, in *signalv1.RecordAlertFiredRequest, _ ...grpc.CallOption) (*signalv1.RecordAlertFiredResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fires != nil {
		return nil, r.fires
	}
	f := alert.Fired{
		Source: in.GetSource(), Fingerprint: in.GetFingerprint(), StartsAt: time.UnixMicro(in.GetStartsAtUs()).UTC(), Route: in.GetRoute(),
		Group: in.GetGroup(), Incident: in.GetIncidentId(), SignalID: in.GetSignalId(), Title: in.GetTitle(), Labels: in.GetLabels(),
	}
	draft, err := f.Draft(rand.Text())
	if err != nil {
		return nil, err
	}
	subject := alert.Subject(alert.ID(f.Source, f.Fingerprint, f.StartsAt))
	data, _, err := chain.Seal(alert.State{}.Head, subject, []chain.Draft{draft}, chain.Request{}, time.Now(), rand.Reader)
	if err != nil {
		return nil, err
	}
	_, err = r.log.Append(ctx, eventlog.Append{Subject: subject, Data: data})
	return &signalv1.RecordAlertFiredResponse{}, err
}

func (r *refusing) RecordAlertResolved(context.Context, *signalv1.RecordAlertResolvedRequest, ...grpc.CallOption) (*signalv1.RecordAlertResolvedResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &signalv1.RecordAlertResolvedResponse{}, r.resolves
}

func (r *refusing) aside(_ context.Context, s *signalv1.RawSignal, reason error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, s.GetId()+": "+reason.Error())
	return nil
}

// becomes changes what it answers, and forgets why signals were set aside.
func (r *refusing) becomes(declares, fires, resolves error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.declares, r.fires, r.resolves, r.notes = declares, fires, resolves, nil
}

// recorded says how many alerts are in the log, with and without an incident.
func (r *refusing) recorded(t *testing.T) string {
	t.Helper()
	subjects, err := r.log.Subjects(t.Context(), eventlog.FilterAlerts)
	if err != nil {
		t.Fatal(err)
	}
	with, without := 0, 0
	for _, subject := range subjects {
		state, err := eventlog.Fold(t.Context(), r.log, subject, alert.Fold)
		if err != nil || !state.Began() {
			t.Fatalf("%+v, %v", state, err)
		}
		if without++; state.Incident() != "" {
			with, without = with+1, without-1
		}
	}
	return fmt.Sprintf("%d with, %d without", with, without)
}

// TestWhatIsRefusedForGoodIsListedAndSetAside: an accepted alert does not vanish, whatever
// command says.
func TestWhatIsRefusedForGoodIsListedAndSetAside(t *testing.T) {
	invalid, internal := status.Error(codes.InvalidArgument, "not a name"), status.Error(codes.Internal, "it broke")
	const advice = "bridgelog declare --from-alert "
	for name, c := range map[string]struct {
		declares, fires, resolves error
		end                       bool   // of an alert that was never heard of
		recorded                  string // then
		notes                     []string
		again                     string // when nothing is refused any more
	}{
		"invalid":            {declares: invalid, recorded: "0 with, 2 without", notes: []string{advice}, again: "0 with, 2 without"},
		"broken":             {declares: internal, recorded: "0 with, 2 without", notes: []string{advice}, again: "0 with, 2 without"},
		"not recorded":       {fires: invalid, recorded: "0 with, 0 without", notes: []string{"record that the alert fired"}, again: "2 with, 0 without"},
		"neither":            {declares: invalid, fires: internal, recorded: "0 with, 0 without", notes: []string{advice, "not listed", "not listed"}, again: "2 with, 0 without"},
		"an end":             {resolves: invalid, end: true, recorded: "0 with, 2 without", notes: []string{"record that the alert ended"}, again: "0 with, 2 without"},
		"nothing is refused": {recorded: "2 with, 0 without", again: "2 with, 0 without"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := memory.New(memory.Options{})
				command := &refusing{log: log}
				d := &dispatch.Dispatcher{
					Sources: source.NewCatalog(source.All()...), Index: dispatch.NewIndex(log), Known: dispatch.NewIncidents(log),
					Rules:    func() []route.Rule { return []route.Rule{{Name: "all"}} },
					Silences: func() []silence.Silence { return nil }, Service: func(called string) string { return called },
					Now: time.Now, Incidents: command, Alerts: command, Aside: command.aside,
					Logger: slog.New(slog.DiscardHandler), Tracer: noop.NewTracerProvider().Tracer(""),
				}
				ctx, cancel := context.WithCancel(t.Context())
				var running sync.WaitGroup
				running.Go(func() { _ = d.Index.Run(ctx) })
				handle := func(what, recorded string, notes ...string) {
					t.Helper()
					signal := &signalv1.RawSignal{Id: "s1", Source: "alertmanager", ReceivedAtUs: time.Now().UnixMicro(), Body: []byte(signalOf(c.end))}
					if err := d.Handle(ctx, []*signalv1.RawSignal{signal}); err != nil {
						t.Fatal(err)
					}
					if got := command.recorded(t); got != recorded {
						t.Errorf("%s: recorded %s, want %s", what, got, recorded)
					}
					if len(command.notes) != len(notes) {
						t.Fatalf("%s: set aside %q, want %q", what, command.notes, notes)
					}
					for i, note := range notes {
						if got := command.notes[i]; !strings.HasPrefix(got, "s1: ") || !strings.Contains(got, note) || !strings.Contains(got, "code = ") {
							t.Errorf("%s: set aside since %s, want %q", what, got, note)
						}
					}
				}
				command.becomes(c.declares, c.fires, c.resolves)
				handle("at first", c.recorded, c.notes...)
				command.becomes(nil, nil, nil)
				handle("again", c.again)
				cancel()
				running.Wait()
			})
		})
	}
}

// signalOf is a signal of Alertmanager with two alerts of one group.
func signalOf(end bool) string {
	life := `"status":"firing","endsAt":"0001-01-01T00:00:00Z"`
	if end {
		life = `"status":"resolved","endsAt":"1999-12-31T23:00:00Z"`
	}
	one := `{"fingerprint":%q,"startsAt":"1999-12-31T22:00:00Z","labels":{"alertname":"Down"},` + life + `}`
	return `{"version":"4","groupKey":"g","alerts":[` + fmt.Sprintf(one, "a") + "," + fmt.Sprintf(one, "b") + `]}`
}

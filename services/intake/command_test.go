package intake_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/pkg/page"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// commands stands where the command service stands: the calls that intake makes,
// decided by the domain and written to a real log. A service must not import
// another one; both together are tested with the real binary.
type commands struct {
	incidentv1.CommandServiceClient
	signalv1.AlertServiceClient
	signalv1.ChangeServiceClient
	signalv1.PageServiceClient

	desk incidentlogtest.Desk

	mu   sync.Mutex
	done map[string]bool // request ids
	down bool            // answers Unavailable
	next uint64
	lose bool
	now  func() time.Time
	// losePage lets the next call for a page be lost before it is stored.
	losePage bool
	pages    []*signalv1.RequestPageRequest
	// refuses is what declarations are answered; nil: they are written.
	refuses error
}

func newCommands(log eventlog.Log) *commands {
	return &commands{desk: incidentlogtest.Desk{Log: log, Actor: "intake"}, done: map[string]bool{}, now: time.Now}
}

func (c *commands) setDown(down bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = down
}

// loseAnswer makes the answer to the next declaration be lost after it was stored.
func (c *commands) loseAnswer() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lose = true
}

// once runs a write unless its request id was used.
func (c *commands) once(requestID string, write func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down {
		return status.Error(codes.Unavailable, "down")
	}
	if c.done[requestID] {
		return nil
	}
	err := write()
	if err == nil {
		c.done[requestID] = true
	}
	return rpc.Status(err).Err()
}

func (c *commands) DeclareIncident(ctx context.Context, r *incidentv1.DeclareIncidentRequest, _ ...grpc.CallOption) (*incidentv1.DeclareIncidentResponse, error) {
	sum := sha256.Sum256([]byte(r.GetRequestId()))
	id := hex.EncodeToString(sum[:13])
	err := c.once(r.GetRequestId(), func() error {
		if c.refuses != nil {
			return c.refuses
		}
		c.next++
		_, err := c.desk.Do(ctx, incident.ID(id), incident.Declare{
			Number: c.next, Title: r.GetTitle(), Summary: r.GetSummary(), Severity: incident.Severity(r.GetSeverity()),
			Status: incident.StatusTriage, Origin: incident.OriginAlert, Services: r.GetServices(), AlertID: incident.AlertID(r.GetAlertId()),
		})
		return err
	})
	c.mu.Lock()
	lost := c.lose && err == nil
	c.lose = c.lose && !lost
	c.mu.Unlock()
	if lost {
		return nil, status.Error(codes.DeadlineExceeded, "the answer was lost")
	}
	return &incidentv1.DeclareIncidentResponse{Result: &incidentv1.WriteResult{IncidentId: id}}, err
}

func (c *commands) LinkAlert(ctx context.Context, r *incidentv1.LinkAlertRequest, _ ...grpc.CallOption) (*incidentv1.LinkAlertResponse, error) {
	return &incidentv1.LinkAlertResponse{}, c.once(r.GetRequestId(), func() error {
		_, err := c.desk.Do(ctx, incident.ID(r.GetIncident()), incident.LinkAlert{
			AlertID: incident.AlertID(r.GetAlertId()), Fingerprint: r.GetFingerprint(), Source: r.GetSource(), Title: r.GetTitle(),
		})
		return err
	})
}

func (c *commands) ResolveIncident(ctx context.Context, r *incidentv1.ResolveIncidentRequest, _ ...grpc.CallOption) (*incidentv1.ResolveIncidentResponse, error) {
	return &incidentv1.ResolveIncidentResponse{}, c.once(r.GetRequestId(), func() error {
		_, err := c.desk.Do(ctx, incident.ID(r.GetIncident()), incident.Resolve{Automatic: r.GetAutomatic(), Summary: r.GetSummary()})
		return err
	})
}

func (c *commands) AddNote(ctx context.Context, r *incidentv1.AddNoteRequest, _ ...grpc.CallOption) (*incidentv1.AddNoteResponse, error) {
	return &incidentv1.AddNoteResponse{}, c.once(r.GetRequestId(), func() error {
		_, err := c.desk.Do(ctx, incident.ID(r.GetIncident()), incident.AddNote{Text: r.GetText(), Label: r.GetLabel()})
		return err
	})
}

func (c *commands) RecordAlertFired(ctx context.Context, r *signalv1.RecordAlertFiredRequest, _ ...grpc.CallOption) (*signalv1.RecordAlertFiredResponse, error) {
	f := alert.Fired{
		Source: r.GetSource(), Fingerprint: r.GetFingerprint(), StartsAt: time.UnixMicro(r.GetStartsAtUs()).UTC(), Route: r.GetRoute(),
		Group: r.GetGroup(), Incident: r.GetIncidentId(), SignalID: r.GetSignalId(), Title: r.GetTitle(), Labels: r.GetLabels(),
	}
	if how := r.GetFlapping(); how != nil {
		f.Flapping = alert.Flapping{
			Episodes: int(how.GetEpisodes()), Since: time.UnixMicro(how.GetSinceUs()).UTC(), Window: time.Duration(how.GetWindowUs()) * time.Microsecond,
		}
	}
	events := []func(string) (chain.Draft, error){f.Draft}
	if r.GetSuppressedBy() != nil {
		events = append(events, suppressedOf(r.GetSuppressedBy()).Draft)
	}
	id := alert.ID(f.Source, f.Fingerprint, f.StartsAt)
	return &signalv1.RecordAlertFiredResponse{AlertId: id}, c.once("fired-"+id, func() error {
		return c.appendAlert(ctx, id, events...)
	})
}

func suppressedOf(by *signalv1.SuppressedBy) alert.Suppressed {
	return alert.Suppressed{
		Kind: by.GetKind(), Name: by.GetName(), ID: by.GetId(), Until: time.UnixMicro(by.GetUntilUs()).UTC(), At: time.UnixMicro(by.GetAtUs()).UTC(),
	}
}

func (c *commands) RecordAlertSuppressed(ctx context.Context, r *signalv1.RecordAlertSuppressedRequest, _ ...grpc.CallOption) (*signalv1.RecordAlertSuppressedResponse, error) {
	by := suppressedOf(r.GetBy())
	return &signalv1.RecordAlertSuppressedResponse{}, c.unless(ctx, r.GetAlertId(),
		func(s alert.State) bool { return s.Ended() || s.SuppressedLike(by) }, by.Draft)
}

func (c *commands) RecordAlertUnsuppressed(ctx context.Context, r *signalv1.RecordAlertUnsuppressedRequest, _ ...grpc.CallOption) (*signalv1.RecordAlertUnsuppressedResponse, error) {
	event := alert.Unsuppressed{At: time.UnixMicro(r.GetAtUs()).UTC(), Route: r.GetRoute(), Group: r.GetGroup(), Incident: r.GetIncidentId()}
	return &signalv1.RecordAlertUnsuppressedResponse{}, c.unless(ctx, r.GetAlertId(),
		func(s alert.State) bool { return s.Ended() || !s.IsSuppressed() }, event.Draft)
}

func (c *commands) RecordAlertCalmed(ctx context.Context, r *signalv1.RecordAlertCalmedRequest, _ ...grpc.CallOption) (*signalv1.RecordAlertCalmedResponse, error) {
	event := alert.Calmed{At: time.UnixMicro(r.GetAtUs()).UTC()}
	return &signalv1.RecordAlertCalmedResponse{}, c.unless(ctx, r.GetAlertId(),
		func(s alert.State) bool { return !s.CalmedAt.IsZero() }, event.Draft)
}

// unless writes about an alert unless that says nothing new.
func (c *commands) unless(ctx context.Context, id string, so func(alert.State) bool, draft func(string) (chain.Draft, error)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down {
		return status.Error(codes.Unavailable, "down")
	}
	state, _, err := c.alert(ctx, id)
	if err != nil || so(state) {
		return err
	}
	return c.appendAlert(ctx, id, draft)
}

func (c *commands) RecordAlertResolved(ctx context.Context, r *signalv1.RecordAlertResolvedRequest, _ ...grpc.CallOption) (*signalv1.RecordAlertResolvedResponse, error) {
	end := alert.Resolved{EndsAt: time.UnixMicro(r.GetEndsAtUs()).UTC(), SignalID: r.GetSignalId()}
	return &signalv1.RecordAlertResolvedResponse{}, c.once("resolved-"+r.GetAlertId(), func() error {
		return c.appendAlert(ctx, r.GetAlertId(), end.Draft)
	})
}

func (c *commands) AcknowledgeAlert(ctx context.Context, r *signalv1.AcknowledgeAlertRequest, _ ...grpc.CallOption) (*signalv1.AcknowledgeAlertResponse, error) {
	event := alert.Acknowledged{
		By: r.GetEvidence().GetSender(), At: r.GetOccurredAt().AsTime(), SignalID: r.GetEvidence().GetSignalId(),
		Note: r.GetNote(), SaidBy: r.GetEvidence().GetSaidBy(),
	}
	return &signalv1.AcknowledgeAlertResponse{}, c.once("acknowledged-"+r.GetAlertId(), func() error {
		return c.appendAlert(ctx, r.GetAlertId(), event.Draft)
	})
}

func (c *commands) NoteAlert(ctx context.Context, r *signalv1.NoteAlertRequest, _ ...grpc.CallOption) (*signalv1.NoteAlertResponse, error) {
	event := alert.Noted{
		By: r.GetEvidence().GetSender(), At: r.GetOccurredAt().AsTime(), SignalID: r.GetEvidence().GetSignalId(),
		Text: r.GetText(), SaidBy: r.GetEvidence().GetSaidBy(),
	}
	return &signalv1.NoteAlertResponse{}, c.once("signal-"+event.SignalID+r.GetAlertId(), func() error {
		return c.appendAlert(ctx, r.GetAlertId(), event.Draft)
	})
}

// alert folds an alert.
func (c *commands) alert(ctx context.Context, id string) (state alert.State, last uint64, err error) {
	messages, err := c.desk.Log.Load(ctx, alert.Subject(id), 0)
	if err != nil {
		return state, 0, err
	}
	for _, m := range messages {
		last = m.Sequence
		if state, err = alert.Fold(state, m.Data); err != nil {
			return state, 0, err
		}
	}
	return state, last, nil
}

func (c *commands) appendAlert(ctx context.Context, id string, drafts ...func(string) (chain.Draft, error)) error {
	state, last, err := c.alert(ctx, id)
	if err != nil {
		return err
	}
	var events []chain.Draft
	for _, draft := range drafts {
		d, err := draft(uuid.NewString())
		if err != nil {
			return err
		}
		events = append(events, d)
	}
	data, _, err := chain.Seal(state.Head, alert.Subject(id), events, chain.Request{}, c.now(), rand.Reader)
	if err != nil {
		return err
	}
	_, err = c.desk.Log.Append(ctx, eventlog.Append{Subject: alert.Subject(id), Expect: last, Data: data})
	return err
}

func (c *commands) RequestPage(_ context.Context, r *signalv1.RequestPageRequest, _ ...grpc.CallOption) (*signalv1.RequestPageResponse, error) {
	c.mu.Lock()
	lost := c.losePage
	c.losePage = false
	c.mu.Unlock()
	if lost {
		return nil, status.Error(codes.Unavailable, "the call was lost")
	}
	return &signalv1.RequestPageResponse{PageId: page.ID(r.GetAlertId())}, c.once("page-"+r.GetAlertId(), func() error {
		c.pages = append(c.pages, r)
		return nil
	})
}

// paged are the pages that were asked for.
func (c *commands) paged() []*signalv1.RequestPageRequest {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.pages)
}

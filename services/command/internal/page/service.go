package page

import (
	"context"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/page"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/life"
)

// Service implements signalv1.PageServiceServer. Its fields are set once, before the
// first call.
type Service struct {
	signalv1.UnimplementedPageServiceServer

	// Log is where pages and alerts live.
	Log eventlog.Log
	// Actor returns the opaque id of the authenticated caller.
	Actor func(ctx context.Context) string
	// Ours tells whether one of our own services calls.
	Ours func(ctx context.Context) (bool, error)
	// Catalog returns the catalog as soon as it is known up to a place in the log.
	Catalog func(ctx context.Context, sequence uint64) (*catalog.State, error)
	// Now is the clock, Random the source of salts.
	Now    func() time.Time
	Random io.Reader
}

// RequestPage writes whom an alert calls, unless that is written already, or the alert
// needs nobody any more.
func (s *Service) RequestPage(ctx context.Context, r *signalv1.RequestPageRequest) (*signalv1.RequestPageResponse, error) {
	if err := s.onlyOurs(ctx, "say whom an alert calls: a route of the catalog does, with action page"); err != nil {
		return nil, err
	}
	about, err := s.alert(ctx, r.GetAlertId())
	if err != nil {
		return nil, fmt.Errorf("request page: %w", err)
	}
	if !about.Began() {
		return nil, &rpc.Refusal{
			Code: codes.FailedPrecondition, Reason: "alert_never_fired", Field: "alert_id",
			Message: "this alert never fired: record that it fired first",
		}
	}
	known, err := s.Catalog(ctx, r.GetCatalogSequence())
	if err != nil {
		return nil, fmt.Errorf("request page: read the catalog: %w", err)
	}
	now := s.Now().UTC().Truncate(time.Microsecond)
	requested := page.Requested{
		Alert: r.GetAlertId(), Route: r.GetRoute(), Urgency: r.GetUrgency(), Severity: incident.Severity(r.GetSeverity()), Shadow: r.GetShadow(), At: now,
		Whom: page.Of(known, page.Ask{Team: r.GetTeam(), Service: r.GetService(), Urgency: r.GetUrgency(), Severity: incident.Severity(r.GetSeverity()), At: now}),
	}
	answer := &signalv1.RequestPageResponse{PageId: page.ID(r.GetAlertId())}
	w := s.writer()
	answer.Position, err = w.Record(ctx, page.Subject(answer.GetPageId()), func(state page.State) (life.Draft, error) {
		switch {
		case state.Began():
			return nil, nil
		case about.Ended() || about.IsAcknowledged():
			answer.PageId = ""
			return nil, nil
		}
		return requested.Draft, nil
	})
	if err != nil {
		return nil, fmt.Errorf("request page: %w", err)
	}
	answer.Unchanged = answer.GetPosition() == ""
	if answer.GetPageId() == "" {
		return answer, nil
	}
	// Somebody may have acknowledged between the look at the alert and the page.
	if _, err := s.settle(ctx, r.GetAlertId()); err != nil {
		return nil, fmt.Errorf("request page: %w", err)
	}
	return answer, nil
}

// onlyOurs refuses everybody else: what an alert calls and whether somebody was told would
// say something of alerts that the caller may not see, and could take the place of the real
// page.
func (s *Service) onlyOurs(ctx context.Context, message string) error {
	ours, err := s.Ours(ctx)
	if err != nil {
		return err
	}
	if !ours {
		return rpc.OnlyServices("", message)
	}
	return nil
}

// Follow writes what follows from an alert for its page, if it has one.
func (s *Service) Follow(ctx context.Context, alertID string) error {
	_, err := s.settle(ctx, alertID)
	return err
}

// SettlePage writes what follows from the alert of a page.
func (s *Service) SettlePage(ctx context.Context, r *signalv1.SettlePageRequest) (*signalv1.SettlePageResponse, error) {
	if err := s.onlyOurs(ctx, "let a page follow its alert: acknowledge the alert instead"); err != nil {
		return nil, err
	}
	w := s.writer()
	state, err := w.State(ctx, page.Subject(r.GetPageId()))
	if err != nil {
		return nil, fmt.Errorf("settle page: %w", err)
	}
	if !state.Began() {
		return nil, noSuchPage()
	}
	answer, err := s.settle(ctx, state.Requested.Alert)
	if err != nil {
		return nil, fmt.Errorf("settle page: %w", err)
	}
	return answer, nil
}

// settle brings the page of an alert to where the alert is.
func (s *Service) settle(ctx context.Context, alertID string) (*signalv1.SettlePageResponse, error) {
	w, subject, answer := s.writer(), page.Subject(page.ID(alertID)), &signalv1.SettlePageResponse{}
	if state, err := w.State(ctx, subject); err != nil || !state.Began() {
		return answer, err
	}
	about, err := s.alert(ctx, alertID)
	if err != nil {
		return nil, err
	}
	answer.Acknowledged, answer.Ended = about.IsAcknowledged(), about.Ended()
	for range 2 { // it may be acknowledged and over
		position, err := w.Record(ctx, subject, func(state page.State) (life.Draft, error) {
			switch {
			case about.IsAcknowledged() && !state.IsAcknowledged():
				return page.Acknowledged{By: about.Acknowledged.By, At: about.Acknowledged.At}.Draft, nil
			case about.Ended() && !state.Ended():
				return page.Ended{At: about.EndedAt}.Draft, nil
			}
			return nil, nil
		})
		if err != nil {
			return nil, err
		}
		if position == "" {
			break
		}
		answer.Position = position
	}
	return answer, nil
}

// alert returns an alert as it stands in the log.
func (s *Service) alert(ctx context.Context, id string) (alert.State, error) {
	return eventlog.Fold(ctx, s.Log, alert.Subject(id), alert.Fold)
}

func noSuchPage() error {
	return &rpc.Refusal{
		Code: codes.NotFound, Reason: "no_such_page", Field: "page_id",
		Message: "there is no such page: bridgelog pages list shows those that there are",
	}
}

func (s *Service) writer() *life.Writer[page.State] {
	return &life.Writer[page.State]{
		Log: s.Log, Actor: s.Actor, Now: s.Now, Random: s.Random, Fold: page.Fold,
		End: func(state page.State) (chain.Head, bool) { return state.Head, state.Frozen },
	}
}

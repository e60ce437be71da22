package notifier

import (
	"context"

	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/answer"
)

// register adds the RPCs to the server; they answer Unavailable until Run has
// prepared the database.
func (s *Service) register() {
	if s.config.Server == nil {
		return
	}
	notifyv1.RegisterNotifyServiceServer(s.config.Server, &answer.Service{
		Log: s.config.Log, Catalog: s.config.Catalog, Ledger: s.ledger, View: s.view, Caller: s.caller, Writer: s.writer(),
		Checks: s.checks, Wake: s.wake, Problem: s.check, Resumed: s.look, Key: s.key, Now: s.config.Now, Logger: s.config.Logger,
	})
}

// wake tells the lanes of receivers that there is something new. While there are no
// lanes yet they will find it.
func (s *Service) wake(ctx context.Context, receivers, asleep []string) error {
	s.mu.Lock()
	waker := s.waker
	s.mu.Unlock()
	if waker == nil {
		return nil
	}
	return waker.Wake(ctx, receivers, asleep)
}

// look asks the actor to look at its position again.
func (s *Service) look() {
	select {
	case s.resumed <- struct{}{}:
	default: // it is asked already
	}
}

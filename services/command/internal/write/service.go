package write

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/history"
)

// Observer hears of what the metrics count.
type Observer interface {
	// Conflicted: an append met another one; retried when it is decided again.
	Conflicted(retried bool)
	// Replayed: a repeated request was answered with its first result.
	Replayed()
}

// Options are what the service works with; all are required.
type Options struct {
	Log      eventlog.Log
	Store    *history.Store
	Catalog  *catalog.Follower
	Now      func() time.Time
	Random   io.Reader
	Logger   *slog.Logger
	Tracer   trace.Tracer
	Observer Observer
}

// Service implements incidentv1.CommandServiceServer.
type Service struct {
	incidentv1.UnimplementedCommandServiceServer

	Options
	numbers *numbers
	books   *playbook.Current
}

// New returns the service.
func New(o Options) (*Service, error) {
	n, err := newNumbers(o.Log)
	if err != nil {
		return nil, err
	}
	return &Service{Options: o, numbers: n, books: &playbook.Current{}}, nil
}

// newID makes an opaque id.
func (s *Service) newID() (string, error) { return catalog.NewID(s.Random) }

// newEventID makes the id of an event: a UUID that grows with time.
func (s *Service) newEventID() (string, error) {
	id, err := uuid.NewV7FromReader(s.Random)
	if err != nil {
		return "", fmt.Errorf("make event id: %w", err)
	}
	return id.String(), nil
}

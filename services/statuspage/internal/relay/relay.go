package relay

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/public"
)

// Stream is where documents go. It is implemented by Public.
type Stream interface {
	// Claim makes the relay with that id the only one that writes, and returns the
	// mark of the one before it.
	Claim(ctx context.Context, relay string) (Writer, *statusv1.RelayMark, error)
	// Sign changes as long as some relay lives.
	Sign(ctx context.Context) (uint64, error)
}

// Writer stores documents. It is implemented by public.Writer, which says what the
// methods do.
type Writer interface {
	Put(ctx context.Context, subject string, doc proto.Message) (bool, error)
	Retire(ctx context.Context, keep func(subject string) bool) (int, error)
	Mark(ctx context.Context, mark *statusv1.RelayMark) error
	Documents() int
}

const (
	// retryPause lies between attempts while the log or the stream is away.
	retryPause = 500 * time.Millisecond
	// signEvery is how often a relay that has nothing to publish gives a sign of life.
	signEvery = 5 * time.Second
	// silence is how long the others have to be silent before one takes over.
	silence = 3 * signEvery
	// fullPause lies between attempts while the stream has no room.
	fullPause = 10 * time.Second
)

// Relay follows the log and publishes documents.
type Relay struct {
	// Log is read.
	Log eventlog.Reader
	// Catalog follows the same log.
	Catalog *catalog.Follower
	// Stream gets the documents.
	Stream Stream
	// Logger gets what an operator should know.
	Logger *slog.Logger
	// Metrics count what was published; nil: nowhere.
	Metrics *Metrics
	// Tracer makes a span for each publication.
	Tracer trace.Tracer

	id       string
	requests chan *Rebuild
	mu       sync.Mutex // guards status
	status   Status
}

// Status says what a relay does.
type Status struct {
	// Position is a token of the place in the log up to which it published.
	Position string
	// Publishing is true while it is the one that publishes.
	Publishing bool
	// Stopped says why it cannot go on; nil while it works.
	Stopped error
	// Documents is how many there are in the stream.
	Documents int
}

// Init prepares the relay; it has to be called once, before everything else.
func (r *Relay) Init() {
	r.id = rand.Text()
	r.requests = make(chan *Rebuild)
}

// Status returns what the relay does now.
func (r *Relay) Status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

func (r *Relay) report(change func(*Status)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.status)
}

// Run relays until ctx ends, then returns nil. It survives that the log or the
// stream is away, and stands by while another relay publishes. When the log is
// damaged it says so and waits to be told to compute everything anew.
func (r *Relay) Run(ctx context.Context) error {
	var rebuild *Rebuild
	for ctx.Err() == nil {
		err := r.term(ctx, rebuild)
		r.report(func(s *Status) { s.Publishing = false })
		next := (*Rebuild)(nil)
		switch {
		case ctx.Err() != nil:
		case errors.As(err, &next):
			err = errAgain
		case errors.Is(err, public.ErrOvertaken):
			r.Logger.Info("another relay publishes the status page: this one stands by")
			next = r.standBy(ctx)
		case damaged(err):
			next = r.halt(ctx, err)
		default:
			next = r.tryAgain(ctx, err, rebuild)
		}
		if rebuild != next {
			rebuild.end(err)
		}
		rebuild = next
	}
	rebuild.end(context.Cause(ctx))
	return nil
}

// errAgain ends a rebuild that another one replaces.
var errAgain = errors.New("another rebuild was asked for")

// tryAgain waits before the next attempt, and returns the rebuild that it is for.
func (r *Relay) tryAgain(ctx context.Context, cause error, rebuild *Rebuild) *Rebuild {
	r.Logger.Warn("the status page lags: the relay tries again", "error", cause)
	rest := retryPause
	if errors.Is(cause, public.ErrFull) {
		r.Metrics.failed("full")
		rest = fullPause
	} else {
		r.Metrics.failed("unavailable")
	}
	if other := r.pause(ctx, rest); other != nil {
		return other
	}
	if rebuild.waiting() {
		return rebuild
	}
	return nil
}

// damaged tells whether reading on makes no sense.
func damaged(err error) bool {
	_, hole := errors.AsType[*eventlog.HoleError](err)
	_, position := errors.AsType[*eventlog.PositionError](err)
	return hole || position
}

// halt waits for a rebuild.
func (r *Relay) halt(ctx context.Context, cause error) *Rebuild {
	r.Logger.Error("the status page is not updated any more: repair the log, then run `bridgelog rebuild statuspage`", "error", cause)
	r.Metrics.failed("damaged")
	r.report(func(s *Status) { s.Stopped = cause })
	defer r.report(func(s *Status) { s.Stopped = nil })
	select {
	case rebuild := <-r.requests:
		return rebuild
	case <-ctx.Done():
		return nil
	}
}

// pause waits, or until a rebuild is asked for.
func (r *Relay) pause(ctx context.Context, d time.Duration) *Rebuild {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case rebuild := <-r.requests:
		return rebuild
	}
	return nil
}

// standBy returns when no relay has given a sign of life for a while, or when a
// rebuild is asked for, which takes over.
func (r *Relay) standBy(ctx context.Context) *Rebuild {
	last, since := uint64(0), time.Now()
	for ctx.Err() == nil && time.Since(since) < silence {
		if sign, err := r.Stream.Sign(ctx); err != nil || sign != last {
			last, since = sign, time.Now()
		}
		if rebuild := r.pause(ctx, signEvery/5); rebuild != nil {
			return rebuild
		}
	}
	return nil
}

// term publishes from a claim until it is overtaken or something fails.
func (r *Relay) term(ctx context.Context, rebuild *Rebuild) error {
	asked := time.Now()
	head, err := r.Log.Head(ctx)
	if err != nil {
		return err
	}
	writer, mark, err := r.Stream.Claim(ctx, r.id)
	if err != nil {
		return err
	}
	t := newTerm(r, writer, head, asked)
	if err := t.begin(ctx, mark, rebuild); err != nil {
		return err
	}
	r.report(func(s *Status) { s.Publishing, s.Stopped = true, nil })
	if err := t.run(ctx); err != nil {
		return fmt.Errorf("relay to the status page: %w", err)
	}
	return nil
}

// Public is the real stream of public documents.
type Public struct{ public.Stream }

// Claim implements [Stream].
func (p Public) Claim(ctx context.Context, relay string) (Writer, *statusv1.RelayMark, error) {
	w, mark, err := p.Stream.Claim(ctx, relay)
	if err != nil {
		return nil, nil, err
	}
	return w, mark, nil
}

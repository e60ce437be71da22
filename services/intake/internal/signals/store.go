package signals

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

var (
	// ErrUnavailable: the signal could not be stored, or it is not certain that it
	// was. The sender has to send it again.
	ErrUnavailable = errors.New("the signal could not be stored")
	// ErrFull: so much waits to be handled that a new signal could push one out.
	// The sender has to send it again, later.
	ErrFull = errors.New("too much waits to be handled")
	// ErrRepeated: the signal is stored already, by whichever process.
	ErrRepeated = errors.New("the signal is stored already")
	// ErrNotFound: there is no signal of that id, or no more.
	ErrNotFound = errors.New("there is no such signal")
	// ErrTooLarge: the signal exceeds what one message may hold.
	ErrTooLarge = errors.New("the signal is too large to be stored")
)

// FullShare is the part of the store's room that may wait before it refuses: the
// store forgets the oldest when it is full, handled or not.
const FullShare = 0.5

// MaxBatch is how many signals are handed over at once, at most; those that were
// accepted at the same moment stay together and may exceed it.
const MaxBatch = 64

// Handler works on signals in the order in which they were stored. It is called
// again with the same signals, perhaps others behind them and perhaps in another
// process, unless it returned nil, so it must be idempotent. Its error ends
// [Store.Consume]; what may pass has to be tried again inside.
type Handler func(ctx context.Context, batch []*signalv1.RawSignal) error

// Store is a durable queue of signals. Its methods are safe for concurrent use.
type Store interface {
	// Put returns nil once the signal is durable. It returns [ErrTooLarge],
	// [ErrFull] or [ErrUnavailable], and [ErrRepeated] when one that says the same as
	// once was stored within the last ten minutes; [ErrUnavailable] while that is not
	// certain yet.
	Put(ctx context.Context, s *signalv1.RawSignal) error

	// Aside notes of a signal that is stored that it could not be read when it was
	// handled, for reason. However much waits, there is room for that: what waits for
	// the note would otherwise never be handled. It returns [ErrUnavailable].
	Aside(ctx context.Context, s *signalv1.RawSignal, reason error) error

	// Consume hands over the signals in the order in which they were stored, one
	// batch at a time over all processes that consume, and remembers which were
	// handled. It returns ctx's error when ctx ends and the handler's error as it
	// is.
	Consume(ctx context.Context, fn Handler) error

	// Find returns a signal by its id, handled or not. It returns [ErrNotFound] or
	// [ErrUnavailable].
	Find(ctx context.Context, id string) (*signalv1.RawSignal, error)

	// Unread returns the newest of the signals that could not be read when they came,
	// since a time and without their bodies, the newest first, at most limit of them.
	// Those that were read later are left out. It returns [ErrUnavailable].
	Unread(ctx context.Context, since time.Time, limit int) ([]Unread, error)

	// Backlog is how much is stored and not handled.
	Backlog(ctx context.Context) (Backlog, error)
}

// Unread is a signal that could not be read when it came.
type Unread struct {
	// Signal is the signal without its body. Its field unread says why.
	Signal *signalv1.RawSignal
	// Size is that of its body, in bytes.
	Size int
}

// maxReason bounds why a signal could not be read, in bytes.
const maxReason = 512

// Reason is an error as a signal keeps it: short, and text.
func Reason(err error) string {
	text := strings.ToValidUTF8(err.Error(), "\uFFFD")
	return strings.ToValidUTF8(text[:min(len(text), maxReason)], "")
}

// NoteOf is what [Store.Aside] stores.
func NoteOf(s *signalv1.RawSignal, reason error) *signalv1.RawSignal {
	note := Bare(s).Signal
	note.Unread, note.BodyBytes = Reason(reason), int64(len(s.GetBody()))
	return note
}

// Bare is a signal without its body, and without what was accepted with it.
func Bare(s *signalv1.RawSignal) Unread {
	return Unread{Size: max(len(s.GetBody()), int(s.GetBodyBytes())), Signal: &signalv1.RawSignal{
		Id: s.GetId(), Source: s.GetSource(), ReceivedAtUs: s.GetReceivedAtUs(), ContentType: s.GetContentType(),
		Principal: s.GetPrincipal(), Unread: s.GetUnread(), Replayed: s.GetReplayed(),
	}}
}

// Newest folds signals, in the order in which they were stored, into what
// [Store.Unread] returns.
func Newest(stored []Unread, since time.Time, limit int) []Unread {
	done := map[string]bool{}
	var found []Unread
	for _, u := range slices.Backward(stored) {
		s := u.Signal
		switch {
		case s.GetReplayed():
			done[s.GetId()] = true
		case s.GetUnread() == "" || done[s.GetId()] || time.UnixMicro(s.GetReceivedAtUs()).Before(since):
		default:
			done[s.GetId()] = true // it may be there twice
			if len(found) < limit {
				found = append(found, u)
			}
		}
	}
	return found
}

// Backlog is what waits to be handled.
type Backlog struct {
	// Signals is their number, where those accepted at the same moment may count
	// as one.
	Signals uint64
	// Share is about how much of the store's room they take, 0 to 1.
	Share float64
}

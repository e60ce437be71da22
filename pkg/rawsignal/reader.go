package rawsignal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	eventlogjs "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/wait"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

var (
	// ErrNotFound: there is no signal of that id, or no more.
	ErrNotFound = errors.New("there is no such signal")
	// ErrUnavailable: the stream cannot be read now.
	ErrUnavailable = errors.New("raw signals cannot be read now")
)

// Subjects of the stream.
const (
	// SubjectPrefix begins the subject of a signal; its door follows.
	SubjectPrefix = "signal."
	// AnySubject is every subject of the stream.
	AnySubject = SubjectPrefix + ">"
)

const (
	// before and Late bound where a signal can be, by the time in its id: clocks of doors
	// and server differ, and storing takes a while.
	before = 5 * time.Second
	// Late is how long after its id was made a signal may be stored.
	Late = 10 * time.Second
	// nearBefore and nearAfter are where nearly all are, so that is looked at first.
	nearBefore, nearAfter = 200 * time.Millisecond, time.Second
	// findTimeout bounds a search.
	findTimeout = 10 * time.Second
)

// Reader reads the stream. It is safe for concurrent use.
type Reader struct{ stream jetstream.Stream }

// Open returns a reader. The stream must exist: the log's bootstrap makes it. The error is
// [ErrUnavailable], wrapped.
func Open(ctx context.Context, js jetstream.JetStream) (*Reader, error) {
	stream, err := js.Stream(ctx, eventlogjs.StreamSignals)
	if err != nil {
		return nil, fmt.Errorf("open stream %s: %w: %w", eventlogjs.StreamSignals, ErrUnavailable, err)
	}
	return &Reader{stream: stream}, nil
}

// Of reads a stream that is open.
func Of(stream jetstream.Stream) *Reader { return &Reader{stream: stream} }

// Find returns a signal by its id, a UUID of version 7. The id tells when the signal came:
// the place in the stream is found by halving, and read on from there; what is not near it
// is looked for further away. It returns [ErrNotFound] or [ErrUnavailable], wrapped.
func (r *Reader) Find(ctx context.Context, id string) (*signalv1.RawSignal, error) {
	parsed, err := uuid.Parse(id)
	if err != nil || parsed.Version() != 7 {
		return nil, fmt.Errorf("find signal: %w", ErrNotFound)
	}
	came := time.Unix(parsed.Time().UnixTime())
	ctx, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	signal, err := r.between(ctx, id, came.Add(-nearBefore), came.Add(nearAfter))
	if errors.Is(err, ErrNotFound) {
		return r.between(ctx, id, came.Add(-before), came.Add(Late))
	}
	return signal, err
}

// between looks for a signal among those that were stored from one time to another.
func (r *Reader) between(ctx context.Context, id string, from, to time.Time) (*signalv1.RawSignal, error) {
	sequence, last, err := r.storedSince(ctx, from)
	if err != nil {
		return nil, err
	}
	for {
		m, err := r.From(ctx, sequence, last, AnySubject)
		if err != nil {
			return nil, err
		}
		if m == nil || m.Time.After(to) {
			return nil, fmt.Errorf("find signal: %w", ErrNotFound)
		}
		for _, signal := range Signals(m.Subject, m.Data) {
			if signal.GetId() == id {
				return signal, nil
			}
		}
		sequence = m.Sequence + 1
	}
}

// Since finds, by halving, the first sequence that may hold a signal which came at a time
// or later, and the last sequence that there is. It returns [ErrUnavailable], wrapped.
func (r *Reader) Since(ctx context.Context, at time.Time) (sequence, last uint64, err error) {
	return r.storedSince(ctx, at.Add(-before))
}

// storedSince finds the first sequence that was stored after a time, and the last one.
func (r *Reader) storedSince(ctx context.Context, at time.Time) (sequence, last uint64, err error) {
	info, err := r.stream.Info(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("find signals: %w: %w", ErrUnavailable, err)
	}
	last = info.State.LastSeq
	low := max(info.State.FirstSeq, 1) // that of a stream in which nothing was stored yet is 0
	for high := last + 1; low < high; {
		middle := low + (high-low)/2
		m, err := r.From(ctx, middle, last, AnySubject)
		if err != nil {
			return 0, 0, err
		}
		if m == nil || m.Time.After(at) {
			high = middle
		} else {
			low = m.Sequence + 1
		}
	}
	return low, last, nil
}

// From returns the first message on subjects at or after a sequence; nil behind the last
// one. A replica that is behind is asked again. It returns [ErrUnavailable], wrapped.
func (r *Reader) From(ctx context.Context, sequence, last uint64, subjects string) (*jetstream.RawStreamMsg, error) {
	for sequence <= last {
		m, err := r.stream.GetMsg(ctx, sequence, jetstream.WithGetMsgSubject(subjects))
		if err == nil {
			return m, nil
		}
		if subjects != AnySubject && errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil, nil //nolint:nilnil // none of these is behind the sequence
		}
		if !errors.Is(err, jetstream.ErrMsgNotFound) || wait.For(ctx, 20*time.Millisecond) != nil {
			return nil, fmt.Errorf("find signals: %w: %w", ErrUnavailable, err)
		}
	}
	return nil, nil //nolint:nilnil // there is no message, and no error
}

// Signals are those of a message, which may hold several. One that cannot be read is
// returned with its bytes as body, so that it is told of.
func Signals(subject string, data []byte) []*signalv1.RawSignal {
	signal := &signalv1.RawSignal{}
	if err := proto.Unmarshal(data, signal); err != nil {
		signal = &signalv1.RawSignal{Source: strings.TrimPrefix(subject, SubjectPrefix), Body: data}
	}
	more := signal.GetMore()
	signal.More = nil
	return append([]*signalv1.RawSignal{signal}, more...)
}

package eventlog

import "context"

// DefaultMaxCommitBytes is the largest commit that a log accepts unless it is
// configured otherwise: 256 KiB.
const DefaultMaxCommitBytes = 256 << 10

// MaxBatch is the largest number of messages in one [Log.AppendBatch].
const MaxBatch = 1000

// Append is a request to add one message.
type Append struct {
	// Subject is the aggregate's subject, without wildcards.
	Subject string
	// Expect is the sequence of the message that the caller believes to be the
	// last one of the subject; 0 states that the subject has none.
	Expect uint64
	// Data is an encoded Commit.
	Data []byte
	// Header carries the trace context; it is not part of the record and
	// nothing may depend on it. May be nil.
	Header Header
}

// Header is a set of names and values beside a message.
type Header map[string]string

// Message is one stored message.
type Message struct {
	// Subject is the aggregate's subject.
	Subject string
	// Sequence is the place in the log: 1, 2, 3 and so on.
	Sequence uint64
	// Previous is the sequence of the message before it on the same subject; 0
	// for the first.
	Previous uint64
	// Epoch is the log's epoch.
	Epoch string
	// Data is the encoded Commit. The receiver must not change it.
	Data []byte
	// Header is what the writer put beside it, or nil.
	Header Header
	// Replaced is true when Data is the replacement of a redacted message,
	// delivered in the original's place.
	Replaced bool
}

// Log is an append-only log of commits. Its methods are safe for concurrent
// use. Errors are the ones of this package, wrapped with the operation.
type Log interface {
	Reader
	Writer
	Eraser
}

// Writer appends.
type Writer interface {
	// Append adds one message and returns its position once it is durable.
	//
	// It returns [ErrConflict] when Expect is not the subject's last sequence,
	// [ErrTooLarge], [ErrFull], or [ErrUnavailable] when the log could not be
	// reached and nothing was stored. An unknown outcome is resolved inside by
	// appending the same bytes again and, on a conflict, by looking for the
	// commit's own first event id after Expect; so repeating an Append that
	// succeeded returns the original position. Only when ctx ends before that
	// is certain does it return [ErrOutcomeUnknown].
	Append(ctx context.Context, a Append) (Position, error)

	// AppendBatch adds up to [MaxBatch] messages of different subjects, all or
	// none, and returns their positions in the given order. Errors as Append; a
	// conflict of one message refuses all of them.
	AppendBatch(ctx context.Context, batch []Append) ([]Position, error)
}

// Reader reads.
type Reader interface {
	// Head returns the position of the last message, or the zero sequence with
	// the log's epoch when the log is empty.
	Head(ctx context.Context) (Position, error)

	// Last returns the last message of a subject, which may end in ".*" or
	// ".>", as the leader knows it. [ErrNotFound] when there is none.
	Last(ctx context.Context, subject string) (Message, error)

	// LastSequence is the sequence of the message that Last would return, and
	// cheaper; 0 when there is none.
	LastSequence(ctx context.Context, subject string) (uint64, error)

	// Load returns the messages of one subject (no wildcards) after a sequence,
	// in order, redacted ones replaced. It is complete up to the last message
	// that the leader had when Load was called. A message that is missing
	// without a replacement is a [HoleError].
	Load(ctx context.Context, subject string, after uint64) ([]Message, error)

	// At returns the message at one sequence, or its replacement.
	// [ErrNotFound] when the sequence is beyond the end.
	At(ctx context.Context, sequence uint64) (Message, error)

	// Subjects returns, sorted, the subjects that match a filter with wildcards
	// and have at least one message.
	Subjects(ctx context.Context, filter string) ([]string, error)

	// Read delivers the messages after a position up to and including the
	// sequence until, which must exist, and returns. It first verifies that the
	// position belongs to this log ([PositionError]). An error of fn ends it
	// and is returned as it is.
	Read(ctx context.Context, after Position, until uint64, fn func(Message) error) error

	// Tail delivers the messages after a position and those to come until ctx
	// ends, fn fails, or the log turns out not to be the one that was read
	// before ([PositionError], [HoleError]). It survives reconnects and changes
	// of leader, after which the last delivered position is verified again.
	Tail(ctx context.Context, after Position, fn func(Message) error) error

	// TailSubjects is Tail for the subjects that match a filter with wildcards,
	// for example "catalog.>", after a sequence: it costs what the matching
	// messages cost, not what the log costs. A hole shows where a message's
	// Previous is not the last one delivered of its subject; it is replaced or
	// reported as in Load. To know when everything there is has been delivered,
	// ask LastSequence for the filter first.
	TailSubjects(ctx context.Context, filter string, after uint64, fn func(Message) error) error

	// Info describes the log.
	Info(ctx context.Context) (Info, error)
}

// Eraser removes the bytes of messages that a redaction has replaced.
type Eraser interface {
	// Erase securely deletes the message at a sequence from the store. It
	// refuses with [ErrNoReplacement] unless the log holds a replacement with
	// the same envelopes. Erasing an erased message succeeds.
	//
	// Copies outlive it for a while: on replicas, in their Raft logs until the
	// next snapshot, and in backups.
	Erase(ctx context.Context, sequence uint64) error
}

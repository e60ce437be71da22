package jetstream

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// Names of the streams.
const (
	// StreamLog is the only truth.
	StreamLog = "LOG"
	// StreamSignals keeps raw alerts and changes, subjects signal.>, for a while.
	StreamSignals = "SIGNALS"
	// StreamMarks holds how far effects outside may have got.
	StreamMarks = "MARKS"
	// StreamHeartbeats holds the last ping of each heartbeat, subjects heartbeat.>.
	StreamHeartbeats = "HEARTBEATS"
	// StreamPublic keeps the public documents, subjects public.>, last ones only.
	StreamPublic = "PUBLIC"
)

// Options configure an opened log.
type Options struct {
	// MaxCommitBytes limits one commit; default eventlog.DefaultMaxCommitBytes.
	MaxCommitBytes int
	// AttemptTimeout is how long one attempt to append waits for its
	// acknowledgment before its outcome counts as unknown; default 5 s.
	AttemptTimeout time.Duration
	// Heartbeat is how often the server says that a quiet tail is alive; a tail
	// that hears nothing for twice as long starts anew. Default 2 s.
	Heartbeat time.Duration
	// AllowUnattested opens a log whose durability nobody confirmed. For tests.
	AllowUnattested bool
	// HasRoom tells whether the disk of the servers can take more, where that is
	// known; nil: it is not. Without room appends are eventlog.ErrFull and are not
	// sent: a server that meets a full disk stops serving streams altogether.
	HasRoom func() bool
	// NoGrouping sends every append by itself, even when many wait on one replica.
	NoGrouping bool
	// Logger gets what a tail survives; default discards.
	Logger *slog.Logger
}

// Log is an eventlog.Log on JetStream.
type Log struct {
	opts     Options
	js       jetstream.JetStream
	nc       *nats.Conn
	stream   jetstream.Stream
	epoch    string
	replicas int
	group    group
	hub      hub
}

var _ eventlog.Log = (*Log)(nil)

// Open opens the log that the connection's account holds. The connection stays
// the caller's. It returns eventlog.ErrNotAttested, ErrMisconfigured,
// ErrNotFound when there is no log yet, or ErrUnavailable.
func Open(ctx context.Context, nc *nats.Conn, opts Options) (*Log, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	stream, err := js.Stream(ctx, StreamLog)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", translate(err))
	}
	info := stream.CachedInfo()
	if err := checkConfig(info.Config); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	if !opts.AllowUnattested {
		if err := checkAttested(info); err != nil {
			return nil, fmt.Errorf("open log: %w", err)
		}
	}
	epoch := info.Config.Metadata[metaEpoch]
	if epoch == "" {
		return nil, fmt.Errorf("open log: it has no epoch: %w", eventlog.ErrMisconfigured)
	}
	return &Log{
		opts: opts.withDefaults(), js: js, nc: nc, stream: stream,
		epoch: epoch, replicas: info.Config.Replicas,
	}, nil
}

func (o Options) withDefaults() Options {
	if o.MaxCommitBytes == 0 {
		o.MaxCommitBytes = eventlog.DefaultMaxCommitBytes
	}
	if o.AttemptTimeout == 0 {
		o.AttemptTimeout = 5 * time.Second
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = 2 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// checkConfig refuses settings under which an acknowledged message could be
// lost, changed, or evicted.
func checkConfig(c jetstream.StreamConfig) error {
	rules := []struct {
		broken bool
		text   string
	}{
		{c.Storage != jetstream.FileStorage, "storage is not file"},
		{c.Retention != jetstream.LimitsPolicy, "retention is not limits"},
		{c.Discard != jetstream.DiscardNew, "discard is not new"},
		{c.MaxBytes <= 0, "max_bytes is not set"},
		{c.MaxAge != 0, "max_age is set"},
		{c.MaxMsgs > 0, "max_msgs is set"},
		{c.MaxMsgsPerSubject > 0, "max_msgs_per_subject is set"},
		{c.AllowRollup, "rollup is allowed"},
		{!c.DenyPurge, "purge is allowed"},
		{c.AllowMsgTTL, "message expiry is allowed"},
		{c.NoAck, "acknowledgments are off"},
		{c.PersistMode == jetstream.AsyncPersistMode, "persist_mode is async"},
		{!c.AllowDirect, "direct reads are off"},
		{!c.AllowAtomicPublish, "atomic batches are off"},
		{c.Mirror != nil || len(c.Sources) > 0, "it has another source"},
	}
	for _, r := range rules {
		if r.broken {
			return fmt.Errorf("stream %s: %s: %w", c.Name, r.text, eventlog.ErrMisconfigured)
		}
	}
	for _, f := range eventlog.Filters() {
		if !slices.Contains(c.Subjects, f) {
			return fmt.Errorf("stream %s: subject %s is missing: %w", c.Name, f, eventlog.ErrMisconfigured)
		}
	}
	return nil
}

// Info implements eventlog.Log.
func (l *Log) Info(ctx context.Context) (eventlog.Info, error) {
	attempt, cancel := context.WithTimeout(ctx, l.opts.AttemptTimeout)
	defer cancel()
	info, err := l.stream.Info(attempt)
	if err != nil {
		return eventlog.Info{}, fmt.Errorf("describe log: %w", translate(err))
	}
	return describe(info), nil
}

func describe(info *jetstream.StreamInfo) eventlog.Info {
	return eventlog.Info{
		Epoch:         info.Config.Metadata[metaEpoch],
		FirstSequence: info.State.FirstSeq, LastSequence: info.State.LastSeq,
		Messages: info.State.Msgs, Bytes: info.State.Bytes, MaxBytes: uint64(max(info.Config.MaxBytes, 0)),
		Replicas: info.Config.Replicas, Attestation: attestationOf(info.Config.Metadata), Unattested: unattested(info),
	}
}

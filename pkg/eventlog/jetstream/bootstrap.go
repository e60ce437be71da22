package jetstream

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// Config says how large the streams may grow. Every stream has a byte limit, so
// that a storm of raw signals can never fill the disk under the log.
type Config struct {
	// Replicas is 1 or 3; default 1.
	Replicas int
	// LogBytes limits the log; at the limit appends are refused. Default 64 GiB.
	LogBytes int64
	// SignalBytes and SignalAge limit the raw signals; the oldest go first.
	// Defaults 2 GiB and 90 days.
	SignalBytes int64
	SignalAge   time.Duration
	// PublicBytes limits the public documents. Default 256 MiB.
	PublicBytes int64
	// AttestTimeout is how long servers may take to answer; default 5 s.
	AttestTimeout time.Duration
}

func (c Config) withDefaults() Config {
	set := func(v *int64, fallback int64) {
		if *v == 0 {
			*v = fallback
		}
	}
	if c.Replicas == 0 {
		c.Replicas = 1
	}
	set(&c.LogBytes, 64<<30)
	set(&c.SignalBytes, 2<<30)
	set(&c.PublicBytes, 256<<20)
	if c.SignalAge == 0 {
		c.SignalAge = 90 * 24 * time.Hour
	}
	if c.AttestTimeout == 0 {
		c.AttestTimeout = 5 * time.Second
	}
	return c
}

// ConfigFor divides the free bytes of a disk: six tenths for the log, one for
// the signals and a fiftieth for the public documents, each at most its default;
// the rest stays free, because a full disk stops all streams.
func ConfigFor(free int64) Config {
	c := Config{}.withDefaults()
	c.LogBytes = min(c.LogBytes, free/10*6)
	c.SignalBytes = min(c.SignalBytes, free/10)
	c.PublicBytes = min(c.PublicBytes, free/50)
	return c
}

// Bootstrap creates the log and the streams of signals, marks and heartbeats, or brings the
// ones that exist to config, and attests the servers' durability through system, a
// connection of the system account. It is idempotent and keeps the epoch of a log that exists. It returns
// eventlog.ErrNotAttested when a server does not sync each write, and
// eventlog.ErrMisconfigured when an existing log must not be used.
func Bootstrap(ctx context.Context, nc, system *nats.Conn, config Config) (eventlog.Info, error) {
	config = config.withDefaults()
	js, err := jetstream.New(nc)
	if err != nil {
		return eventlog.Info{}, fmt.Errorf("bootstrap log: %w", err)
	}
	if err := ensure(ctx, js, signalsConfig(config)); err != nil {
		return eventlog.Info{}, err
	}
	if err := ensure(ctx, js, marksConfig(config)); err != nil {
		return eventlog.Info{}, err
	}
	if err := ensure(ctx, js, heartbeatsConfig(config)); err != nil {
		return eventlog.Info{}, err
	}
	stream, err := createLog(ctx, js, config)
	if err != nil {
		return eventlog.Info{}, fmt.Errorf("bootstrap log: %w", err)
	}
	attestation, err := attest(ctx, system, stream.CachedInfo(), config.AttestTimeout)
	if err != nil {
		return eventlog.Info{}, fmt.Errorf("bootstrap log: %w", err)
	}
	updated := stream.CachedInfo().Config
	updated.Metadata = withAttestation(updated.Metadata, attestation)
	stream, err = js.UpdateStream(ctx, updated)
	if err != nil {
		return eventlog.Info{}, fmt.Errorf("bootstrap log: %w", refusal(err))
	}
	return describe(stream.CachedInfo()), nil
}

// BootstrapPublic creates the stream of public documents, or brings the one that
// exists to config, in the account of nc, which is not that of the log. It is
// idempotent.
func BootstrapPublic(ctx context.Context, nc *nats.Conn, config Config) error {
	js, err := jetstream.New(nc)
	if err != nil {
		return fmt.Errorf("bootstrap stream %s: %w", StreamPublic, err)
	}
	return ensure(ctx, js, publicConfig(config.withDefaults()))
}

func ensure(ctx context.Context, js jetstream.JetStream, c jetstream.StreamConfig) error {
	if _, err := js.CreateOrUpdateStream(ctx, c); err != nil {
		return fmt.Errorf("bootstrap stream %s: %w", c.Name, refusedStream(err, c))
	}
	return nil
}

// createLog creates the log with a new epoch, or updates what may change.
func createLog(ctx context.Context, js jetstream.JetStream, config Config) (jetstream.Stream, error) {
	stream, err := js.Stream(ctx, StreamLog)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		wanted := logConfig(config)
		wanted.Metadata = map[string]string{metaEpoch: newEpoch()}
		stream, err = js.CreateStream(ctx, wanted)
		if err != nil {
			return nil, refusedStream(err, wanted)
		}
		return stream, nil
	}
	if err != nil {
		return nil, translate(err)
	}
	existing := stream.CachedInfo().Config
	if err := checkConfig(withSubjects(existing)); err != nil {
		return nil, err
	}
	existing.Subjects = eventlog.Filters()
	existing.MaxBytes, existing.Replicas = config.LogBytes, config.Replicas
	stream, err = js.UpdateStream(ctx, existing)
	if err != nil {
		return nil, refusedStream(err, existing)
	}
	return stream, nil
}

// withSubjects lets a log of an older version pass the check; it gets the
// subjects that were added since.
func withSubjects(c jetstream.StreamConfig) jetstream.StreamConfig {
	c.Subjects = eventlog.Filters()
	return c
}

func logConfig(c Config) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: StreamLog, Description: "Bridgelog: the event log", Subjects: eventlog.Filters(),
		Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		MaxBytes: c.LogBytes, Replicas: c.Replicas,
		DenyPurge: true, AllowDirect: true, AllowAtomicPublish: true,
	}
}

func signalsConfig(c Config) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: StreamSignals, Description: "Bridgelog: raw signals, as evidence", Subjects: []string{"signal.>"},
		Storage: jetstream.FileStorage, Discard: jetstream.DiscardOld,
		MaxBytes: c.SignalBytes, MaxAge: c.SignalAge, Replicas: c.Replicas, AllowDirect: true,
		// Signed requests are stored once: their time may lie five minutes ahead or behind.
		Duplicates: signalsOnceFor,
	}
}

// signalsOnceFor is how long the stream of signals knows what is to be stored once.
const signalsOnceFor = 10 * time.Minute

// publicVersions is how many versions of a document the stream holds: more than
// one, so that the old one can be erased securely after the new one is there.
const publicVersions = 4

func publicConfig(c Config) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: StreamPublic, Description: "Bridgelog: public documents", Subjects: []string{"public.>"},
		Storage: jetstream.FileStorage, Discard: jetstream.DiscardNew, MaxMsgsPerSubject: publicVersions,
		MaxBytes: c.PublicBytes, Replicas: c.Replicas, AllowDirect: true,
	}
}

// newEpoch is a random id without a dot.
func newEpoch() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// refusal names the server's reason: it is for the operator who runs the
// bootstrap, and says what to change. A cluster that is still forming is
// eventlog.ErrUnavailable: asking again later helps.
func refusal(err error) error {
	code, text, ok := apiError(err)
	if !ok {
		return translate(err)
	}
	kind := eventlog.ErrMisconfigured
	if forming(code, text) {
		kind = eventlog.ErrUnavailable
	}
	return fmt.Errorf("%w: the server says: %s (code %d)", kind, text, code)
}

// forming tells answers of a cluster that has no leader yet, or whose leader does not
// know enough servers yet, from those that only an operator can change.
func forming(code int, text string) bool {
	switch code {
	case codeClusterUnavailable, codeNotLeader:
		return true
	case codeNoPeers:
		return text == noPeers || strings.HasPrefix(text, noPeers+", "+noPeersOffline)
	}
	return false
}

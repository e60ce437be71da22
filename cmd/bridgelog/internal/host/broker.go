package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// broker gives each service its own connection to NATS, with its own rights.
type broker interface {
	// connect connects as a user. An external server knows the user by the URL.
	connect(user natsserver.User) (*nats.Conn, error)
	// url is where other processes reach the server, login included.
	url() string
	// close ends it after its users.
	close()
}

// embeddedBroker is the server inside this process.
type embeddedBroker struct{ server *natsserver.Server }

// startBroker starts the embedded server, creates or updates the streams, and
// attests that it syncs every write.
func startBroker(ctx context.Context, s Settings, logger *slog.Logger) (broker, error) {
	server, err := natsserver.Start(ctx, natsserver.Options{
		Dir: filepath.Join(s.DataDir, "nats"), Listen: s.address(portNATS), Logger: logger,
	})
	if err != nil {
		return nil, err
	}
	b := embeddedBroker{server}
	if err := bootstrap(ctx, b, s); err != nil {
		server.Close()
		return nil, err
	}
	return b, nil
}

func (b embeddedBroker) connect(user natsserver.User) (*nats.Conn, error) {
	return b.server.Connect(user)
}
func (b embeddedBroker) url() string { return b.server.URL(natsserver.UserReader) }
func (b embeddedBroker) close()      { b.server.Close() }

// externalBroker is a server of its own, which knows our users by their passwords
// (see deploy/nats), or all of them by the login in the URL.
type externalBroker struct {
	address   string
	passwords map[natsserver.User]string
}

// openBroker reaches the external server, and creates and attests the log when we
// may.
func openBroker(ctx context.Context, s Settings) (broker, error) {
	b := externalBroker{s.NATSURL, s.NATSPasswords}
	if s.NATSPasswords[natsserver.UserSystem] == "" || s.NATSPasswords[natsserver.UserBootstrap] == "" {
		return b, nil
	}
	return b, roomSetting(patiently(ctx, func() error { return bootstrap(ctx, b, s) }))
}

// roomSetting names the setting by which the streams of an external NATS fit in.
func roomSetting(err error) error {
	room, ok := errors.AsType[*jetstream.RoomError](err)
	if !ok {
		return err
	}
	return &SettingError{"log-max-bytes", fmt.Sprintf(
		"has to be given or lowered: the NATS servers have no room for the stream %s of %.1f GiB (%s); the log gets this size, raw signals and public pages up to a sixth of it each",
		room.Stream, float64(room.Bytes)/(1<<30), room.Reason)}
}

// electionPatience is how long a start waits for servers that cannot be reached
// just now: an election takes up to ten seconds.
const electionPatience = 30 * time.Second

// dialPatience is how long a server may take to let us in: one that is busy starting, or
// counting votes, takes more than a moment.
const dialPatience = 10 * time.Second

// patiently tries again while the log cannot be reached, as during an election.
func patiently(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, electionPatience)
	defer cancel()
	for {
		err := try()
		if !errors.Is(err, eventlog.ErrUnavailable) || wait.For(ctx, time.Second) != nil {
			return err
		}
	}
}

func (b externalBroker) connect(user natsserver.User) (*nats.Conn, error) {
	options := []nats.Option{
		nats.Name("bridgelog-" + string(user)), nats.MaxReconnects(-1), nats.CustomInboxPrefix("_INBOX." + string(user)),
		nats.Timeout(dialPatience),
	}
	if user == natsserver.UserStatusPage {
		options = append(options, nats.RetryOnFailedConnect(true)) // it has a copy to serve meanwhile
	}
	if password := b.passwords[user]; password != "" {
		options = append(options, nats.UserInfo(string(user), password))
	}
	conn, err := nats.Connect(b.address, options...)
	if err != nil {
		return nil, &SettingError{"nats-url", fmt.Sprintf("cannot connect as %s: %v", user, err)}
	}
	return conn, nil
}

func (b externalBroker) url() string { return b.address }
func (b externalBroker) close()      {}

// bootstrap creates or updates the streams, and attests that every server syncs
// every write.
func bootstrap(ctx context.Context, b broker, s Settings) error {
	admin, err := b.connect(natsserver.UserBootstrap)
	if err != nil {
		return err
	}
	defer admin.Close()
	system, err := b.connect(natsserver.UserSystem)
	if err != nil {
		return err
	}
	defer system.Close()
	_, err = jetstream.Bootstrap(ctx, admin, system, s.streams())
	return err
}

// minBeside is the least size of the streams beside the log.
const minBeside = 64 << 20

// streams is how large the streams may grow: by the room on the disk of an embedded
// server, or by the size that the log may have at an external one.
func (s *Settings) streams() jetstream.Config {
	config := jetstream.Config{}
	if s.NATSURL != "" && s.LogMaxBytes > 0 {
		config = jetstream.ConfigFor(s.LogMaxBytes / 6 * 10)
		config.SignalBytes, config.PublicBytes = max(config.SignalBytes, minBeside), max(config.PublicBytes, minBeside)
	}
	if free, err := freeBytes(s.DataDir); err == nil && s.NATSURL == "" {
		config = jetstream.ConfigFor(free + storedBytes(filepath.Join(s.DataDir, "nats")))
	}
	config.Replicas = s.NATSReplicas
	if s.LogMaxBytes > 0 {
		config.LogBytes = s.LogMaxBytes
	}
	return config
}

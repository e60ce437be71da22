package host

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/nats-io/nats.go"

	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
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
	if err := b.bootstrap(ctx, s); err != nil {
		server.Close()
		return nil, err
	}
	return b, nil
}

func (b embeddedBroker) bootstrap(ctx context.Context, s Settings) error {
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

func (b embeddedBroker) connect(user natsserver.User) (*nats.Conn, error) {
	return b.server.Connect(user)
}
func (b embeddedBroker) url() string { return b.server.URL(natsserver.UserReader) }
func (b embeddedBroker) close()      { b.server.Close() }

// externalBroker is a server of its own; its URL says who we are.
type externalBroker struct{ address string }

func (b externalBroker) connect(user natsserver.User) (*nats.Conn, error) {
	conn, err := nats.Connect(b.address, nats.Name("bridgelog-"+string(user)), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(false),
		nats.CustomInboxPrefix("_INBOX."+string(user)))
	if err != nil {
		return nil, &SettingError{"nats-url", fmt.Sprintf("cannot connect: %v", err)}
	}
	return conn, nil
}
func (b externalBroker) url() string { return b.address }
func (b externalBroker) close()      {}

// bootstrapExternal creates or updates the streams of an external server.
func bootstrapExternal(ctx context.Context, s Settings) error {
	admin, err := externalBroker{s.NATSURL}.connect(natsserver.UserBootstrap)
	if err != nil {
		return err
	}
	defer admin.Close()
	system, err := externalBroker{s.NATSSystemURL}.connect(natsserver.UserSystem)
	if err != nil {
		return &SettingError{"nats-system-url", "cannot connect with it"}
	}
	defer system.Close()
	_, err = jetstream.Bootstrap(ctx, admin, system, s.streams())
	return err
}

// streams is how large the streams may grow.
func (s *Settings) streams() jetstream.Config {
	return jetstream.Config{Replicas: s.NATSReplicas, LogBytes: s.LogMaxBytes}
}

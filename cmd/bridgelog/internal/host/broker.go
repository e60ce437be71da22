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
	return b, bootstrap(ctx, b, s)
}

func (b externalBroker) connect(user natsserver.User) (*nats.Conn, error) {
	options := []nats.Option{
		nats.Name("bridgelog-" + string(user)), nats.MaxReconnects(-1), nats.CustomInboxPrefix("_INBOX." + string(user)),
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

// streams is how large the streams may grow: as the settings say, or by the room
// on the disk of an embedded server.
func (s *Settings) streams() jetstream.Config {
	config := jetstream.Config{}
	if free, err := freeBytes(s.DataDir); err == nil && s.NATSURL == "" {
		config = jetstream.ConfigFor(free + storedBytes(filepath.Join(s.DataDir, "nats")))
	}
	config.Replicas = s.NATSReplicas
	if s.LogMaxBytes > 0 {
		config.LogBytes = s.LogMaxBytes
	}
	return config
}

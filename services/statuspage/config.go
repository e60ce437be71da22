package statuspage

import (
	"errors"
	"log/slog"
	"net"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/health"
)

// Config says what the service works with.
type Config struct {
	// Source is what the relay works with; nil: no relay runs here.
	Source *Source
	// Public is a connection that can read PUBLIC and nothing else; required.
	Public *nats.Conn
	// Listener is where customers read; required. The service closes it.
	Listener net.Listener
	// PublicURL is where customers find the listener, for links; empty: its address.
	PublicURL string
	// Dir keeps the copy on disk; required.
	Dir string
	// Logger is required.
	Logger *slog.Logger
	// Metrics gets the service's metrics; nil: nowhere.
	Metrics prometheus.Registerer
	// Ready registers what has to be well; nil: nowhere.
	Ready func(name string, check health.Check)
}

// Source is what the relay works with.
type Source struct {
	// Log is read from its beginning.
	Log eventlog.Reader
	// Catalog follows the same log; whoever made it runs it.
	Catalog *catalog.Follower
	// Publish is a connection that can write PUBLIC.
	Publish *nats.Conn
}

func (c *Config) complete() error {
	switch {
	case c.Public == nil || c.Listener == nil || c.Logger == nil || c.Dir == "":
		return errors.New("statuspage: Public, Listener, Dir and Logger must be set")
	case c.Source != nil && (c.Source.Log == nil || c.Source.Catalog == nil || c.Source.Publish == nil):
		return errors.New("statuspage: Source must be whole or absent")
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.Listener.Addr().String()
	}
	return nil
}

package private

import (
	"log/slog"
	"time"
)

// Config says how to run a server. Dir is required.
type Config struct {
	// Dir belongs to the server alone; it is made if need be.
	Dir string
	// BinDirs are looked at before PATH and the usual places.
	BinDirs []string
	// Database is made if it does not exist; empty means "bridgelog".
	Database string
	// Port on 127.0.0.1; 0 picks a free one.
	Port int
	// SharedBuffers in MiB; 0 means 48.
	SharedBuffers int
	// MaxConnections of the server; 0 means 60.
	MaxConnections int
	// Unsafe leaves out every sync: a power failure can damage the data. For
	// tests only.
	Unsafe bool
	// StartTimeout bounds the start, recovery after a crash included; 0 means 60
	// seconds.
	StartTimeout time.Duration
	// StopTimeout bounds a clean stop, after which the server is killed; 0 means
	// 20 seconds.
	StopTimeout time.Duration
	// Logger gets what the server's life brings; nil discards it.
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	if c.Database == "" {
		c.Database = "bridgelog"
	}
	if c.SharedBuffers == 0 {
		c.SharedBuffers = 48
	}
	if c.MaxConnections == 0 {
		c.MaxConnections = 60
	}
	if c.StartTimeout == 0 {
		c.StartTimeout = time.Minute
	}
	if c.StopTimeout == 0 {
		c.StopTimeout = 20 * time.Second
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

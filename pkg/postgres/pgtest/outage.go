package pgtest

import (
	"context"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/postgres/private"
)

// Outage is a server of one test, which can be stopped and started again on the
// same address.
type Outage struct {
	config private.Config
	server *private.Server
}

// NewOutage starts a server that ends with the test.
func NewOutage(t testing.TB) *Outage {
	t.Helper()
	o := &Outage{config: Config(t.TempDir())}
	o.Start(t)
	t.Cleanup(func() { o.Stop(t) })
	return o
}

// URL is the address of its database; it stays the same.
func (o *Outage) URL() string { return o.server.URL() }

// Pid is the process id of the server; 0 while it is stopped.
func (o *Outage) Pid() int { return o.server.Pid() }

// Stop stops the server: connections end. It does nothing when it is stopped.
func (o *Outage) Stop(t testing.TB) {
	t.Helper()
	if err := o.server.Stop(); err != nil {
		t.Errorf("stop the database server: %v", err)
	}
}

// Start starts the stopped server again.
func (o *Outage) Start(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	server, err := private.Start(ctx, o.config)
	if err != nil {
		t.Fatalf("start the database server: %v", err)
	}
	o.server, o.config.Port = server, server.Port()
}

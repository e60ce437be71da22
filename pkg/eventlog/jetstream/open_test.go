package jetstream_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
)

func TestOpenWithoutALog(t *testing.T) {
	_, err := jetstream.Open(t.Context(), natstest.Start(t).Conn(natsserver.UserCommand), jetstream.Options{})
	if !errors.Is(err, eventlog.ErrNotFound) {
		t.Fatalf("got %v", err)
	}
}

func TestUnsafeSettingsAreRefused(t *testing.T) {
	safe := natsjs.StreamConfig{
		Name: jetstream.StreamLog, Subjects: eventlog.Filters(), Storage: natsjs.FileStorage, Discard: natsjs.DiscardNew,
		MaxBytes: 1 << 20, DenyPurge: true, AllowDirect: true, AllowAtomicPublish: true,
	}
	cases := map[string]func(*natsjs.StreamConfig){
		"storage":    func(c *natsjs.StreamConfig) { c.Storage = natsjs.MemoryStorage },
		"discard":    func(c *natsjs.StreamConfig) { c.Discard = natsjs.DiscardOld },
		"max_bytes":  func(c *natsjs.StreamConfig) { c.MaxBytes = -1 },
		"max_age":    func(c *natsjs.StreamConfig) { c.MaxAge = 1e12 },
		"max_msgs":   func(c *natsjs.StreamConfig) { c.MaxMsgs = 10 },
		"retention":  func(c *natsjs.StreamConfig) { c.Retention = natsjs.InterestPolicy },
		"rollup":     func(c *natsjs.StreamConfig) { c.AllowRollup, c.DenyPurge = true, false },
		"purge":      func(c *natsjs.StreamConfig) { c.DenyPurge = false },
		"persist":    func(c *natsjs.StreamConfig) { c.PersistMode, c.AllowAtomicPublish = natsjs.AsyncPersistMode, false },
		"direct":     func(c *natsjs.StreamConfig) { c.AllowDirect = false },
		"atomic":     func(c *natsjs.StreamConfig) { c.AllowAtomicPublish = false },
		"redaction.": func(c *natsjs.StreamConfig) { c.Subjects = c.Subjects[:6] },
	}
	for text, change := range cases {
		t.Run(text, func(t *testing.T) {
			server := natstest.Start(t)
			js, err := natsjs.New(server.Conn(natsserver.UserBootstrap))
			if err != nil {
				t.Fatal(err)
			}
			config := safe
			config.Subjects = eventlog.Filters()
			change(&config)
			if _, err := js.CreateStream(t.Context(), config); err != nil {
				t.Fatal(err)
			}
			_, err = jetstream.Open(t.Context(), server.Conn(natsserver.UserCommand), jetstream.Options{AllowUnattested: true})
			if !errors.Is(err, eventlog.ErrMisconfigured) || !strings.Contains(err.Error(), text) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestBootstrapAttestsAndIsIdempotent(t *testing.T) {
	server := natstest.Start(t)
	nc, system := server.Conn(natsserver.UserBootstrap), server.Conn(natsserver.UserSystem)
	config := jetstream.ConfigFor(100 << 20)
	first, err := jetstream.Bootstrap(t.Context(), nc, system, config)
	if err != nil {
		t.Fatal(err)
	}
	if !first.Attestation.Valid() || len(first.Attestation.Servers) != 1 || first.Epoch == "" || first.MaxBytes != uint64(config.LogBytes) {
		t.Fatalf("info %+v", first)
	}
	config.LogBytes *= 2
	second, err := jetstream.Bootstrap(t.Context(), nc, system, config)
	if err != nil {
		t.Fatal(err)
	}
	if second.Epoch != first.Epoch || second.MaxBytes != 2*first.MaxBytes {
		t.Fatalf("info %+v after %+v", second, first)
	}
}

func TestAttestationNamesAllThreeNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("three server processes")
	}
	cluster := natstest.StartCluster(t)
	info, err := cluster.Log(jetstream.Config{}, jetstream.Options{}).Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(info.Attestation.Servers) != 3 || info.Replicas != 3 {
		t.Fatalf("info %+v", info)
	}
}

func TestUnavailableServer(t *testing.T) {
	server := natstest.Start(t)
	log := server.Log(jetstream.Config{}, jetstream.Options{AttemptTimeout: 50e6})
	request := eventlogtest.NewAggregate(t, "incident.a").Seal("x")
	server.Restart(func(string) {
		// The connection belongs to the server that is gone.
		ctx, cancel := context.WithTimeout(t.Context(), 200e6)
		defer cancel()
		_, err := log.Append(ctx, request)
		if !errors.Is(err, eventlog.ErrUnavailable) && !errors.Is(err, eventlog.ErrOutcomeUnknown) {
			t.Errorf("append: %v", err)
		}
		if _, err := log.Head(ctx); !errors.Is(err, eventlog.ErrUnavailable) || strings.Contains(err.Error(), "nats") {
			t.Errorf("head: %v", err)
		}
	})
}

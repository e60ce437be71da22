package jetstream_test

import (
	"errors"
	"testing"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
)

func TestConformanceOnOneServer(t *testing.T) {
	servers := make(map[eventlog.Log]*natstest.Server)
	open := func(t *testing.T, config jetstream.Config) eventlog.Log {
		server := natstest.Start(t)
		log := server.Log(config, jetstream.Options{})
		servers[log] = server
		return log
	}
	eventlogtest.Run(t, eventlogtest.Harness{
		New: func(t *testing.T) eventlog.Log { return open(t, jetstream.Config{}) },
		NewLimited: func(t *testing.T, maxBytes uint64) eventlog.Log {
			return open(t, jetstream.Config{LogBytes: int64(maxBytes)})
		},
		Lose: func(t *testing.T, log eventlog.Log, sequence uint64) {
			loseThrough(t, servers[log].Conn(natsserver.UserCommand), sequence)
		},
	})
}

// errEnough ends a tail that has seen what it waited for.
var errEnough = errors.New("enough")

// loseThrough deletes a message behind the log's back, with the rights of the
// writer.
func loseThrough(t *testing.T, nc *nats.Conn, sequence uint64) {
	t.Helper()
	js, err := natsjs.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), jetstream.StreamLog)
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.DeleteMsg(t.Context(), sequence); err != nil {
		t.Fatal(err)
	}
}

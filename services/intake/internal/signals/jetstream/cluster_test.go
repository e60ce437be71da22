package jetstream_test

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	js "github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	eventlogjs "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/jetstream"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/signalstest"
)

func TestMain(m *testing.M) {
	code := natstest.Main(m)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// TestStoreOnThreeNodes runs the suite on a replicated stream.
func TestStoreOnThreeNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("three server processes")
	}
	cluster := natstest.StartCluster(t)
	signalstest.Run(t, func(t *testing.T) signals.Store {
		forget(t, cluster)
		cluster.Log(eventlogjs.Config{}, eventlogjs.Options{}) // makes the streams
		handle, err := js.New(cluster.Conn(natsserver.UserIntake))
		if err != nil {
			t.Fatal(err)
		}
		store, err := jetstream.Open(t.Context(), handle, jetstream.Options{AckWait: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		return store
	})
}

// forget deletes the signals of the case before, as soon as the cluster can.
func forget(t *testing.T, cluster *natstest.Cluster) {
	t.Helper()
	handle, err := js.New(cluster.Conn(natsserver.UserBootstrap))
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for {
		err := handle.DeleteStream(t.Context(), eventlogjs.StreamSignals)
		if err == nil || errors.Is(err, js.ErrStreamNotFound) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("forget signals: %v", err)
		}
	}
}

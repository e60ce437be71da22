package natsserver_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSecondServerOnADirectoryIsRefused(t *testing.T) {
	first := natstest.Start(t)
	_, err := natsserver.Start(t.Context(), natsserver.Options{Dir: first.Dir()})
	if !errors.Is(err, natsserver.ErrInUse) || !strings.Contains(err.Error(), first.Dir()) {
		t.Fatalf("got %v", err)
	}
}

func TestWithoutAddressNobodyElseCanConnect(t *testing.T) {
	if url := natstest.Start(t).URL(natsserver.UserCommand); url != "" {
		t.Fatalf("the server listens at %s", url)
	}
}

func TestTheLogSurvivesARestart(t *testing.T) {
	server := natstest.Start(t)
	a := eventlogtest.NewAggregate(t, "incident.a")
	position := a.Append(server.Log(jetstream.Config{}, jetstream.Options{}), "declared")
	server.Restart(nil)
	log := server.Log(jetstream.Config{}, jetstream.Options{}) // the bootstrap keeps the epoch
	head, err := log.Head(t.Context())
	if err != nil || head != position {
		t.Fatalf("head %v (%v), want %v", head, err, position)
	}
}

// attempt is a use of JetStream; it fails when the user lacks the right.
type attempt func(t *testing.T, js natsjs.JetStream) error

func readOf(stream string) attempt {
	return func(t *testing.T, js natsjs.JetStream) error {
		s, err := js.Stream(t.Context(), stream)
		if err != nil {
			return err
		}
		_, err = s.CreateConsumer(t.Context(), natsjs.ConsumerConfig{AckPolicy: natsjs.AckNonePolicy})
		return err
	}
}

// lookUp looks up a message by its sequence, without a consumer.
func lookUp(stream string) attempt {
	return func(t *testing.T, js natsjs.JetStream) error {
		s, err := js.Stream(t.Context(), stream)
		if err != nil {
			return err
		}
		if _, err = s.GetMsg(t.Context(), 1); errors.Is(err, natsjs.ErrMsgNotFound) {
			return nil
		}
		return err
	}
}

func publishTo(subject string) attempt {
	return func(t *testing.T, js natsjs.JetStream) error {
		_, err := js.Publish(t.Context(), subject, []byte("x"), natsjs.WithRetryAttempts(0))
		return err
	}
}

func deleteOf(stream string) attempt {
	return func(t *testing.T, js natsjs.JetStream) error { return js.DeleteStream(t.Context(), stream) }
}

func TestEachUserCanDoOnlyWhatItMust(t *testing.T) {
	server := natstest.Start(t)
	server.Bootstrap(jetstream.Config{})
	attempts := map[string]attempt{
		"read LOG": readOf("LOG"), "read SIGNALS": readOf("SIGNALS"), "read PUBLIC": readOf("PUBLIC"),
		"write incident": publishTo("incident.x"), "write signal": publishTo("signal.x"), "write public": publishTo("public.x"),
		"look up SIGNALS": lookUp("SIGNALS"),
		"write mark":      publishTo("mark.notifier.x"),
		"delete LOG":      deleteOf("LOG"), "delete PUBLIC": deleteOf("PUBLIC"),
	}
	allowed := map[natsserver.User][]string{
		natsserver.UserSystem:     {},
		natsserver.UserBootstrap:  {},
		natsserver.UserCommand:    {"read LOG", "read SIGNALS", "look up SIGNALS", "write incident"},
		natsserver.UserReader:     {"read LOG"},
		natsserver.UserNotifier:   {"read LOG", "look up SIGNALS", "write mark"},
		natsserver.UserIntake:     {"read LOG", "read SIGNALS", "look up SIGNALS", "write signal"},
		natsserver.UserPublisher:  {"read PUBLIC", "write public"},
		natsserver.UserStatusPage: {"read PUBLIC"},
	}
	for _, user := range natsserver.Users() {
		nc := server.Conn(user, nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
		for name, try := range attempts {
			// What is not allowed gets no answer, which is not waited for.
			want, patience := slices.Contains(allowed[user], name), 100*time.Millisecond
			if want {
				patience = time.Minute
			}
			js, err := natsjs.New(nc, natsjs.WithDefaultTimeout(patience))
			if err != nil {
				t.Fatal(err)
			}
			if err := try(t, js); (err == nil) != want {
				t.Errorf("%s: %s: %v, allowed: %v", user, name, err, want)
			}
		}
	}
}

func TestUnsyncedServerIsRefused(t *testing.T) {
	server := natstest.Start(t, natstest.Unsynced())
	_, err := jetstream.Bootstrap(t.Context(), server.Conn(natsserver.UserBootstrap), server.Conn(natsserver.UserSystem), jetstream.Config{})
	if !errors.Is(err, eventlog.ErrNotAttested) || !strings.Contains(err.Error(), "sync_interval: always") {
		t.Fatalf("bootstrap: %v", err)
	}
	nc := server.Conn(natsserver.UserCommand)
	if _, err = jetstream.Open(t.Context(), nc, jetstream.Options{}); !errors.Is(err, eventlog.ErrNotAttested) {
		t.Fatalf("open: %v", err)
	}
	natstest.OpenLog(t, nc, jetstream.Options{AllowUnattested: true})
}

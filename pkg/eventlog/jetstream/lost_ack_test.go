package jetstream_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
)

// behindProxy opens the log through a proxy that can lose replies.
func behindProxy(t *testing.T, url string, timeout time.Duration) (*jetstream.Log, *natstest.Proxy) {
	t.Helper()
	credentials, addr, ok := strings.Cut(strings.TrimPrefix(url, "nats://"), "@")
	if !ok {
		t.Fatalf("no credentials in the address")
	}
	proxy := natstest.NewProxy(t, addr)
	nc, err := nats.Connect("nats://"+credentials+"@"+proxy.Addr(), nats.CustomInboxPrefix("_INBOX.command"),
		nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond), nats.IgnoreDiscoveredServers())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return natstest.OpenLog(t, nc, jetstream.Options{AttemptTimeout: timeout}), proxy
}

// loseAck appends while replies are lost, lets meanwhile run once the message is
// stored, heals the connection and returns the append's outcome.
func loseAck(t *testing.T, log, witness *jetstream.Log, proxy *natstest.Proxy, request eventlog.Append, meanwhile func()) (eventlog.Position, error) {
	t.Helper()
	type outcome struct {
		position eventlog.Position
		err      error
	}
	done := make(chan outcome, 1)
	proxy.LoseReplies()
	go func() {
		position, err := log.Append(t.Context(), request)
		done <- outcome{position, err}
	}()
	<-proxy.Swallowed()
	for { // the reply that was lost may be a keep-alive; the log itself is certain
		last, err := witness.LastSequence(t.Context(), request.Subject)
		if err != nil {
			t.Fatal(err)
		}
		if last > request.Expect {
			break
		}
	}
	meanwhile()
	proxy.Heal()
	o := <-done
	return o.position, o.err
}

func testLostAck(t *testing.T, url string, witness *jetstream.Log) {
	log, proxy := behindProxy(t, url, 300*time.Millisecond)
	for _, name := range []string{"alone", "followed by another writer"} {
		t.Run(name, func(t *testing.T) {
			a := eventlogtest.NewAggregate(t, "incident."+strings.ReplaceAll(name, " ", "-"))
			a.Append(witness, "declared")
			request := a.Seal("mine")
			var theirs eventlog.Position
			position, err := loseAck(t, log, witness, proxy, request, func() {
				stored, err := witness.Last(t.Context(), a.Subject)
				if err != nil {
					t.Fatal(err)
				}
				a.Accept(request, eventlog.Position{Sequence: stored.Sequence})
				if name != "alone" {
					theirs = a.Append(witness, "theirs")
				}
			})
			if err != nil {
				t.Fatalf("append: %v", err)
			}
			messages, err := witness.Load(t.Context(), a.Subject, 0)
			if err != nil {
				t.Fatal(err)
			}
			a.Verify(messages) // stored once: a second copy would break the chain
			if position.Sequence != messages[1].Sequence || (theirs.Sequence > 0 && len(messages) != 3) {
				t.Fatalf("reported at %d, stored at %d, %d messages", position.Sequence, messages[1].Sequence, len(messages))
			}
		})
	}
}

func TestLostAcknowledgmentOnOneServer(t *testing.T) {
	server := natstest.Start(t, natstest.Listening())
	testLostAck(t, server.URL(natsserver.UserCommand), server.Log(jetstream.Config{}, jetstream.Options{}))
}

func TestLostAcknowledgmentOnThreeNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("three server processes")
	}
	cluster := natstest.StartCluster(t)
	witness := cluster.Log(jetstream.Config{}, jetstream.Options{})
	first, _, _ := strings.Cut(cluster.URL(natsserver.UserCommand), ",")
	testLostAck(t, first, witness)
}

func TestUnknownOutcomeOnlyWhenTheTimeRunsOut(t *testing.T) {
	server := natstest.Start(t, natstest.Listening())
	witness := server.Log(jetstream.Config{}, jetstream.Options{})
	log, proxy := behindProxy(t, server.URL(natsserver.UserCommand), 50*time.Millisecond)
	request := eventlogtest.NewAggregate(t, "incident.a").Seal("mine")
	proxy.LoseReplies()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := log.Append(ctx, request)
	if !errors.Is(err, eventlog.ErrOutcomeUnknown) || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(err.Error(), "nats") {
		t.Fatalf("the driver shows: %v", err)
	}
	// Repeating it, later and elsewhere, settles it.
	position, err := witness.Append(t.Context(), request)
	if err != nil || position.Sequence != 1 {
		t.Fatalf("repeated at %v: %v", position, err)
	}
}

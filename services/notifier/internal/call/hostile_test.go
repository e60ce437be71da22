package call_test

import (
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/services/notifier/internal/call"
	"github.com/bridgelog/bridgelog/services/notifier/internal/call/calltest"
	"github.com/bridgelog/bridgelog/services/notifier/internal/sign"
)

func TestNoConnectionToAForbiddenAddress(t *testing.T) {
	t.Setenv("HOOK_SECRET", secret)
	port, connections := calltest.Knocked(t)
	hosts, answers := calltest.ForbiddenHosts()
	calltest.ServeNames(t, answers)
	client := netguard.Guard{}.Client(2 * time.Second)
	defer client.CloseIdleConnections()
	c := &call.Caller{Client: client, Secrets: &sign.Resolver{Now: time.Now}, Now: time.Now}
	tried := 0
	for _, host := range hosts {
		for _, scheme := range []string{"http://", "https://"} {
			tried++
			got := c.Call(t.Context(), call.Request{URL: scheme + host + ":" + port + "/", Secrets: []string{"env:HOOK_SECRET"}, MessageID: "x"})
			switch got.Outcome {
			case call.Forbidden, call.Misconfigured, call.Unreachable: // the last one: the form is no address, and no such name exists
			default:
				t.Errorf("%s%s: %s", scheme, host, got.Outcome)
			}
			if got.Status != 0 || strings.Contains(got.Problem, "127.0.0.1") {
				t.Errorf("%s%s: %+v", scheme, host, got)
			}
		}
	}
	if tried < 200 {
		t.Errorf("only %d URLs were tried", tried)
	}
	if n := connections.Load(); n != 0 {
		t.Errorf("%d connections were made", n)
	}
}

// TestANameThatChangesItsMind resolves to a public address at first and to a
// private one later: what counts is the address that is dialled.
func TestANameThatChangesItsMind(t *testing.T) {
	t.Setenv("HOOK_SECRET", secret)
	port, connections := calltest.Knocked(t)
	n := calltest.ServeNames(t, map[string][][4]byte{"rebind.example.com": {{1, 1, 1, 1}, {127, 0, 0, 1}}})
	addresses, err := net.DefaultResolver.LookupHost(t.Context(), "rebind.example.com")
	if err != nil || len(addresses) != 1 || addresses[0] != "1.1.1.1" {
		t.Fatalf("the first look-up: %v, %v", addresses, err)
	}
	client := netguard.Guard{}.Client(2 * time.Second)
	defer client.CloseIdleConnections()
	c := &call.Caller{Client: client, Secrets: &sign.Resolver{Now: time.Now}, Now: time.Now}
	got := c.Call(t.Context(), call.Request{URL: "https://rebind.example.com:" + port + "/", Secrets: []string{"env:HOOK_SECRET"}, MessageID: "x"})
	if got.Outcome != call.Forbidden || connections.Load() != 0 {
		t.Errorf("got %+v, %d connections", got, connections.Load())
	}
	if n.Asked("rebind.example.com") < 2 {
		t.Error("there was no second look-up")
	}
}

// TestHostileReceiversAreBounded calls every receiver of the list: it ends as it
// should, little is kept and little is allocated, whatever is sent.
func TestHostileReceiversAreBounded(t *testing.T) {
	t.Setenv("HOOK_SECRET", secret)
	for _, r := range calltest.Hostile() {
		t.Run(r.Name, func(t *testing.T) {
			limit := time.Minute
			if r.Outcome == string(call.TimedOut) {
				limit = 300 * time.Millisecond
			}
			url := r.Serve(t)
			client := netguard.Guard{Allow: netguard.Loopback()}.Client(limit)
			defer client.CloseIdleConnections()
			c := &call.Caller{Client: client, Secrets: &sign.Resolver{Now: time.Now}, Now: time.Now}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got := c.Call(t.Context(), call.Request{URL: url, Secrets: []string{"env:HOOK_SECRET"}, MessageID: "x", Body: []byte("{}")})
			runtime.ReadMemStats(&after)
			if string(got.Outcome) != r.Outcome || got.Status != r.Status || len(got.Body) > calltest.MaxKept {
				t.Errorf("got %s, status %d, with %d bytes: %s", got.Outcome, got.Status, len(got.Body), got.Problem)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20 {
				t.Errorf("%d MiB were allocated", grown>>20)
			}
		})
	}
}

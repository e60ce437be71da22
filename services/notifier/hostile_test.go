package notifier_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"buf.build/go/protovalidate"

	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/notifier"
	"github.com/bridgelog/bridgelog/services/notifier/internal/call/calltest"
)

// TestHostileReceiversHarmNobody sends one event to every receiver that means no good
// and to one that means well: each attempt is recorded as it ended, with a bounded
// answer, and the good one does not wait for the others.
func TestHostileReceiversHarmNobody(t *testing.T) {
	s := newSystem(t)
	good := newReceiver(t, secret)
	hostile := calltest.Hostile()
	for n, r := range hostile {
		s.webhook(fmt.Sprintf("hostile-%d", n), r.Serve(t), "")
	}
	s.webhook("good", good.URL, "")
	s.start()
	s.desk.Must(t, "a", declare(1))
	if got := good.atLeast(t, 1); !got[0].Verified {
		t.Errorf("got %+v", got)
	}
	const attempts = "from notifier_ledger.attempt a join notifier_ledger.delivery d on d.id = a.delivery_id where a.number = 1"
	s.poll("every attempt recorded", func() bool { return s.count("select count(*) "+attempts) == len(hostile)+1 })
	for n, r := range hostile {
		webhook, _ := s.catalog.State().Get("webhook", fmt.Sprintf("hostile-%d", n))
		var outcome string
		var status, kept int
		err := s.pool.QueryRow(t.Context(), "select a.outcome, a.status, coalesce(length(a.response_body), 0) "+attempts+" and d.webhook_id = $1",
			webhook.ID).Scan(&outcome, &status, &kept)
		if err != nil {
			t.Fatalf("%s: %v", r.Name, err)
		}
		if outcome != r.Outcome || status != r.Status || kept > calltest.MaxKept {
			t.Errorf("%s: %s, status %d, %d bytes; want %s, %d", r.Name, outcome, status, kept, r.Outcome, r.Status)
		}
	}
}

// TestNoDeliveryToAForbiddenAddress gives webhooks every address that may not be
// called, written in every way and behind names, one of which
// is public when it is looked up for the first time.
func TestNoDeliveryToAForbiddenAddress(t *testing.T) {
	s := newSystem(t)
	s.change = func(c *notifier.Config) { c.AllowReceivers = nil }
	port, connections := calltest.Knocked(t)
	hosts, answers := calltest.ForbiddenHosts()
	const fickle = "rebind.example.com" // public at the first look-up alone
	answers[fickle] = [][4]byte{{1, 1, 1, 1}, {127, 0, 0, 1}}
	names := calltest.ServeNames(t, answers)
	if addresses, err := net.DefaultResolver.LookupHost(t.Context(), fickle); err != nil || addresses[0] != "1.1.1.1" {
		t.Fatalf("the first look-up: %v, %v", addresses, err)
	}
	tried, n := 0, 0
	var resources strings.Builder
	for _, host := range append(hosts, fickle) {
		for _, scheme := range []string{"http://", "https://"} {
			url := scheme + host + ":" + port + "/"
			if tried++; protovalidate.Validate(&catalogv1.WebhookSpec{Url: url, Secrets: []string{"env:HOOK_SECRET"}}) != nil {
				continue // the catalog refuses it: it never comes to a delivery
			}
			fmt.Fprintf(&resources, "---\nkind: Webhook\nname: forbidden-%d\nspec: {url: %q, secrets: [\"env:HOOK_SECRET\"]}\n", n, url)
			n++
		}
	}
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, resources.String())...)
	s.start()
	s.desk.Must(t, "a", declare(1))
	s.poll("every attempt recorded", func() bool {
		return s.count("select count(*) from notifier_ledger.attempt where number = 1") == n
	})
	if wrong := s.count("select count(*) from notifier_ledger.attempt where outcome not in ('forbidden', 'misconfigured', 'unreachable') or status <> 0"); tried < 200 || n < 150 || wrong != 0 {
		t.Errorf("%d of %d attempts ended otherwise, of %d addresses", wrong, n, tried)
	}
	if made := connections.Load(); made != 0 {
		t.Errorf("%d connections were made", made)
	}
	if names.Asked("127-0-0-1.example.com") == 0 || names.Asked(fickle) < 2 {
		t.Error("names were not looked up")
	}
}

package chaos_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	_ "github.com/bridgelog/bridgelog/services/statuspage" // declares its points
	"github.com/bridgelog/bridgelog/test/system"
)

// relayPoints are the points at which the relay to the status page may die.
func relayPoints() []string {
	return slices.DeleteFunc(failpoint.Names(), func(name string) bool { return !strings.HasPrefix(name, relayPrefix) })
}

// relayed is a deployment of command and the status page around one NATS.
type relayed struct {
	server        *natstest.Server
	command, page *system.Service
	clients       clients
	incident      string
}

const relayedTitle = "Relayed"

func newRelayed(t *testing.T) (*relayed, *system.Apart) {
	t.Helper()
	server := natstest.Start(t, natstest.Listening())
	apart := system.NewApart(t, server, 1)
	d := &deployment{Apart: apart, command: apart.Serve(t, "command")}
	r := &relayed{server: server, command: d.command, clients: clientsOf(d.dial(t, d.command)), page: apart.Serve(t, "statuspage")}
	r.incident = r.clients.declare(t, relayedTitle, "relayed").GetIncidentId()
	return r, apart
}

// say publishes a text and returns its entry.
func (r *relayed) say(t *testing.T, text string) uint64 {
	t.Helper()
	written, err := r.clients.commands.PublishUpdate(within(t), &incidentv1.PublishUpdateRequest{
		Incident: r.incident, Status: incidentv1.Status_STATUS_INVESTIGATING, Message: text,
	})
	if err != nil {
		t.Fatal(err)
	}
	return written.GetResult().GetEntries()[0]
}

// TestRelayKilledAtEveryPoint kills the relay with SIGKILL at each named point while
// one text is redacted and another published. Started again it shows everything
// that was published, once, and nothing of what was redacted is left anywhere.
func TestRelayKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	r, _ := newRelayed(t)
	if len(relayPoints()) < 7 {
		t.Fatalf("points %v", relayPoints())
	}
	var shown []string // newest first
	for n, point := range relayPoints() {
		secret := "canary-relay-" + strings.Repeat("x", n+1) + "-end"
		entry := r.say(t, secret)
		onPage(t, r.page.Page(), relayedTitle, append([]string{secret}, shown...), r.page.Stderr)
		r.page.Stop(t)
		r.page.Launch(t, failpoint.EnvPoints+"="+point+"=kill")
		if _, err := r.clients.commands.RedactEntry(within(t), &incidentv1.RedactEntryRequest{
			Incident: r.incident, Entry: entry, ReasonCode: "secret", RequestId: "redact " + point,
		}); err != nil {
			t.Fatal(err)
		}
		text := "published at " + point
		r.say(t, text)
		if err := r.page.Wait(t); err == nil {
			t.Fatalf("%s: the process ended cleanly", point)
		}
		r.page.Start(t)
		shown = append([]string{text}, shown...)
		onPage(t, r.page.Page(), relayedTitle, shown, r.page.Stderr)
		r.gone(t, point, secret)
	}
}

// gone fails when a text is anywhere: in a page, a feed, a copy on disk or a store.
func (r *relayed) gone(t *testing.T, point, secret string) {
	t.Helper()
	for _, path := range everywhere(t, r.page.Page()) {
		if _, body := fetch(pageClient(), r.page.Page()+path); strings.Contains(body, secret) {
			t.Errorf("%s: %s still has what was redacted", point, path)
		}
	}
	var found []string
	waitFor(t, point+": the copies without what was redacted", func() bool {
		found = append(grep(t, r.page.Dir(), secret), grep(t, r.server.Dir(), secret)...)
		return len(found) == 0
	}, func() string { return strings.Join(found, ", ") })
}

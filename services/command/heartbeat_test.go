package command_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// beatWorld has a sender whose team lets it manage heartbeats, three that may not, and a
// heartbeat of a file.
func beatWorld(t *testing.T) *node {
	t.Helper()
	n := newWorld(t).start()
	n.as("mia").apply(t, `{kind: Sender, name: managing, spec: {source: opsgenie, manages_heartbeats: true}}
---
{kind: Sender, name: plain, spec: {source: opsgenie}}
---
{kind: Sender, name: off, spec: {source: opsgenie, manages_heartbeats: true, disabled: true}}
---
{kind: Heartbeat, name: filed, spec: {interval: 1h}}
`)
	return n
}

// beats are calls that our own services make for somebody.
type beats struct {
	t      *testing.T
	node   *node
	client signalv1.HeartbeatServiceClient
}

func beatsOf(t *testing.T, n *node, as string) beats {
	return beats{t, n, signalv1.NewHeartbeatServiceClient(n.as(as).conn)}
}

// of is whoever shows a token at the address of a sender, "" for none.
func (b beats) of(token, sender string) *signalv1.HeartbeatCaller {
	b.t.Helper()
	by := &signalv1.HeartbeatCaller{Token: token}
	if sender != "" {
		got, err := b.node.as("viewer").catalog.GetResource(b.t.Context(), &catalogv1.GetResourceRequest{Kind: "sender", Name: sender})
		if err != nil {
			b.t.Fatal(err)
		}
		by.Sender = got.GetResource().GetId()
	}
	return by
}

func (b beats) create(by *signalv1.HeartbeatCaller, name string, every time.Duration) error {
	_, err := b.client.CreateHeartbeat(b.t.Context(), &signalv1.CreateHeartbeatRequest{
		Caller: by, Name: name, Spec: &catalogv1.HeartbeatSpec{Interval: durationpb.New(every), Labels: map[string]string{"team": "pay"}},
	})
	return err
}

func (b beats) disable(by *signalv1.HeartbeatCaller, name string) error {
	_, err := b.client.UpdateHeartbeat(b.t.Context(), &signalv1.UpdateHeartbeatRequest{Caller: by, Name: name, Disabled: new(true)})
	return err
}

func (b beats) remove(by *signalv1.HeartbeatCaller, name string) error {
	_, err := b.client.DeleteHeartbeat(b.t.Context(), &signalv1.DeleteHeartbeatRequest{Caller: by, Name: name})
	return err
}

func (b beats) get(name string) (*catalogv1.Resource, error) {
	got, err := b.node.as("viewer").catalog.GetResource(b.t.Context(), &catalogv1.GetResourceRequest{Kind: "heartbeat", Name: name})
	return got.GetResource(), err
}

func TestASenderManagesTheHeartbeatsThatItMay(t *testing.T) {
	n := beatWorld(t)
	b := beatsOf(t, n, "services")
	by := b.of("machine", "managing")
	for range 2 { // the same once more changes nothing
		if err := b.create(by, "nightly", time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	made, err := b.get("nightly")
	if err != nil || made.GetManagedBy() != catalog.ManagedByProduct || made.GetSpec().GetHeartbeat().GetLabels()["team"] != "pay" {
		t.Fatalf("made %v, %v", made, err)
	}
	versions, err := n.as("viewer").catalog.ListResourceVersions(t.Context(), &catalogv1.ListResourceVersionsRequest{Kind: "heartbeat", Name: "nightly"})
	if err != nil || len(versions.GetVersions()) != 1 {
		t.Errorf("versions %v, %v", versions, err)
	}
	refused(t, b.create(by, "nightly", 2*time.Hour), "already_exists", "name_taken")
	if err := b.disable(by, "nightly"); err != nil {
		t.Fatal(err)
	}
	if got, err := b.get("nightly"); err != nil || !got.GetSpec().GetHeartbeat().GetDisabled() || got.GetSpec().GetHeartbeat().GetInterval().AsDuration() != time.Hour {
		t.Errorf("disabled %v, %v", got, err)
	}
	refused(t, b.create(by, "often", time.Millisecond), "invalid_argument", "out_of_bounds")
	refused(t, b.create(by, "no name", time.Hour), "invalid_argument", "invalid_field")
	refused(t, b.disable(by, "hourly"), "not_found", "no_such_heartbeat")
	refused(t, b.remove(by, "hourly"), "not_found", "no_such_heartbeat")
	// What a file manages is not the sender's to change, and it is a manager's.
	refused(t, b.disable(by, "filed"), "permission_denied", "managed_by_file")
	refused(t, b.remove(by, "filed"), "permission_denied", "managed_by_file")
	if err := b.disable(b.of("mia-token", ""), "filed"); err != nil {
		t.Errorf("a manager is refused: %v", err)
	}
	if err := b.remove(by, "nightly"); err != nil {
		t.Fatal(err)
	}
	_, err = b.get("nightly")
	refused(t, err, "not_found", "no_such_resource")
}

func TestWhoMayNotManageHeartbeats(t *testing.T) {
	n := beatWorld(t)
	b := beatsOf(t, n, "services")
	for name, c := range map[string]struct {
		by  *signalv1.HeartbeatCaller
		why string
	}{
		"a responder":                 {b.of("ada-token", ""), "may_not_manage_heartbeats"},
		"a sender without the right":  {b.of("machine", "plain"), "may_not_manage_heartbeats"},
		"one that is disabled":        {b.of("machine", "off"), "may_not_manage_heartbeats"},
		"no sender at all":            {&signalv1.HeartbeatCaller{Token: "machine", Sender: "nobody"}, "may_not_manage_heartbeats"},
		"a viewer at the right place": {b.of("viewer-token", "managing"), "token_may_not"},
		"a token that is gone":        {&signalv1.HeartbeatCaller{Token: "gone"}, "no_such_token"},
	} {
		if f := refused(t, b.create(c.by, "nightly", time.Hour), "permission_denied", c.why); f.Message == "" {
			t.Errorf("%s: no word why", name)
		}
	}
	// Whoever is not one of our services cannot vouch for anybody, whatever their role.
	for _, as := range []string{"ada", "mia", "root", "machine"} {
		refused(t, beatsOf(t, n, as).create(b.of("mia-token", "managing"), "nightly", time.Hour), "permission_denied", "not_a_service")
	}
}

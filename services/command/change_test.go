package command_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/change"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// TestAChangeIsAttributed: to the caller, or to whom a manager names; others may not act
// for somebody else.
func TestAChangeIsAttributed(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	report := func(who, onBehalfOf, key string) (*signalv1.RecordChangeResponse, error) {
		return signalv1.NewChangeServiceClient(n.as(who).conn).RecordChange(t.Context(), &signalv1.RecordChangeRequest{
			Source: "manual", Key: key, Title: "Flag on", OnBehalfOf: onBehalfOf,
		})
	}
	for _, c := range []struct{ who, onBehalfOf, key string }{{"ada", "", "1"}, {"ada", "me", "2"}, {"mia", "ben", "3"}, {"services", "ben", "4"}} {
		answer, err := report(c.who, c.onBehalfOf, c.key)
		if err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		messages, err := w.log.Load(t.Context(), change.Subject(answer.GetChangeId()), 0)
		if err != nil || len(messages) != 1 {
			t.Fatalf("%+v: %d messages, %v", c, len(messages), err)
		}
		commit, err := chain.Open(messages[0].Data)
		if err != nil {
			t.Fatal(err)
		}
		envelope, err := commit.Records[0].Envelope()
		if err != nil {
			t.Fatal(err)
		}
		forOther := c.onBehalfOf == "ben"
		if (envelope.Actor == envelope.Caller()) == forOther || forOther && n.personID("ben") != envelope.Actor {
			t.Errorf("%+v: by %q, called by %q", c, envelope.Actor, envelope.Caller())
		}
	}
	_, err := report("ada", "ben", "5")
	refused(t, err, "permission_denied", "may_not_impersonate")
	_, err = report("mia", "bne", "6")
	refused(t, err, "invalid_argument", "unknown_person")
}

// personID is the opaque id of a person.
func (n *node) personID(name string) string {
	p, _ := n.catalog.State().Person(name)
	return p.ID
}

package readable_test

import (
	"encoding/json"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
	"github.com/bridgelog/bridgelog/services/timeline/internal/readable"
)

func TestEventsReadAsJSON(t *testing.T) {
	draft, err := record.Encode(incident.SeverityChanged{From: incident.SEV2, To: incident.SEV1, Reason: "worse"})
	if err != nil {
		t.Fatal(err)
	}
	e := &chain.Envelope{EventID: "e1", Subject: "incident.x", Revision: 2, Type: draft.Type, Actor: "p1"}
	text := readable.JSON(e, chain.Record{Facts: draft.Facts, Content: draft.Content})
	var got struct {
		Type    string
		Facts   struct{ From, To string }
		Content struct{ Reason string }
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if got.Type != "incident.severity_changed" || got.Facts.To != "SEVERITY_SEV1" || got.Content.Reason != "worse" {
		t.Errorf("got %s", text)
	}
}

func TestEveryTypeIsKnown(t *testing.T) {
	facts := []byte{0x08, 0x01} // field 1 is a number in many types, and ignored in others
	for _, name := range incident.Types() {
		text := readable.JSON(&chain.Envelope{Type: name}, chain.Record{Facts: facts, Content: facts})
		if !json.Valid([]byte(text)) {
			t.Errorf("%s: %s", name, text)
		}
	}
	unknown := readable.JSON(&chain.Envelope{Type: "opera.sung"}, chain.Record{Facts: []byte{1}, Redacted: true})
	if !json.Valid([]byte(unknown)) {
		t.Errorf("unknown type: %s", unknown)
	}
}

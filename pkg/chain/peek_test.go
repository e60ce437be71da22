package chain_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
)

func TestTheTypeIsReadWithoutTheRest(t *testing.T) {
	t.Parallel()
	draft := chain.Draft{EventID: "e1", Type: "incident.declared", Actor: "ada"}
	data, _, err := chain.Seal(chain.Head{}, "incident.a", []chain.Draft{draft}, chain.Request{}, time.Unix(1, 0), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	commit, err := chain.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	record := commit.Records[0]
	if got := string(record.Type()); got != "incident.declared" {
		t.Errorf("type %q", got)
	}
	for n := range record.EnvelopeBytes {
		short := chain.Record{EnvelopeBytes: record.EnvelopeBytes[:n]}
		if got := string(short.Type()); got != "" && got != "incident.declared" {
			t.Errorf("%d bytes: type %q", n, got)
		}
	}
}

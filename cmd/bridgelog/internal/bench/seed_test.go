package bench

import (
	"context"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

func TestSeededHistoriesAreWholeAndVerify(t *testing.T) {
	dir := t.TempDir()
	written, incidents, err := seed(t.Context(), dir, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if written < 1000 || written != incidents*eventsPerIncident {
		t.Fatalf("wrote %d events of %d incidents", written, incidents)
	}
	b, err := openBroker(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	head, err := b.log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	verifiers := map[string]*chain.Verifier{}
	read := func(m eventlog.Message) error {
		v, ok := verifiers[m.Subject]
		if !ok {
			v = chain.NewVerifier(m.Subject)
			verifiers[m.Subject] = v
		}
		return v.Commit(m.Data)
	}
	if err := b.log.Read(context.Background(), eventlog.Position{Epoch: head.Epoch}, head.Sequence, read); err != nil {
		t.Fatal(err)
	}
	if len(verifiers) != 2*incidents {
		t.Fatalf("found %d chains, want a number and a history for each of %d incidents", len(verifiers), incidents)
	}
}

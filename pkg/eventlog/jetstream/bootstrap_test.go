package jetstream

import (
	"errors"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// TestAFormingClusterIsAskedAgain: what the bootstrap says of each answer decides
// whether a start waits or ends.
func TestAFormingClusterIsAskedAgain(t *testing.T) {
	for _, c := range []struct {
		code jetstream.ErrorCode
		text string
		want error
	}{
		{codeClusterUnavailable, "JetStream system temporarily unavailable", eventlog.ErrUnavailable},
		{codeNotLeader, "JetStream cluster not a leader", eventlog.ErrUnavailable},
		{codeNoPeers, "no suitable peers for placement", eventlog.ErrUnavailable},
		{codeNoPeers, "no suitable peers for placement, peer offline", eventlog.ErrUnavailable},
		{codeNoPeers, "no suitable peers for placement, insufficient storage", eventlog.ErrMisconfigured},
		{codeNoPeers, "no suitable peers for placement, tags not matched ['a']", eventlog.ErrMisconfigured},
		{10058, "stream name already in use with a different configuration", eventlog.ErrMisconfigured},
	} {
		got := refusedStream(&jetstream.APIError{ErrorCode: c.code, Description: c.text}, jetstream.StreamConfig{Name: StreamLog})
		if !errors.Is(got, c.want) {
			t.Errorf("%d %s: %v, want %v", c.code, c.text, got, c.want)
		}
	}
}

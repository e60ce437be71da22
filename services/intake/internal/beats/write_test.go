package beats_test

import (
	"context"
	"testing"

	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/beats"
)

// away is a log that cannot be reached.
type away struct{ eventlog.Reader }

func (away) LastSequence(context.Context, string) (uint64, error) {
	return 0, eventlog.ErrUnavailable
}

// deleter deletes.
type deleter struct {
	signalv1.HeartbeatServiceClient

	deleted string
}

func (d *deleter) DeleteHeartbeat(_ context.Context, r *signalv1.DeleteHeartbeatRequest, _ ...grpc.CallOption) (*signalv1.DeleteHeartbeatResponse, error) {
	d.deleted = r.GetName()
	return &signalv1.DeleteHeartbeatResponse{}, nil
}

// TestWhatWasDeletedIsSaidToBe though the log cannot be read afterwards: who asked again
// would hear that there was none.
func TestWhatWasDeletedIsSaidToBe(t *testing.T) {
	t.Parallel()
	to := &deleter{}
	if err := (beats.Desk{Writer: to, Log: away{}}).Delete(t.Context(), nil, "backup"); err != nil || to.deleted != "backup" {
		t.Errorf("%q: %v", to.deleted, err)
	}
}

package statuspage

import (
	"context"

	"google.golang.org/grpc"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/relay"
)

// answering implements the RPCs about the public documents.
type answering struct {
	statusv1.UnimplementedStatusPageServiceServer

	relay *relay.Relay
}

// RebuildDocuments implements the RPC. A caller who goes away does not end it.
func (a answering) RebuildDocuments(_ *statusv1.RebuildDocumentsRequest, stream grpc.ServerStreamingServer[statusv1.RebuildDocumentsResponse]) error {
	last := relay.Progress{}
	tell := func(p relay.Progress, done bool) error {
		return stream.Send(&statusv1.RebuildDocumentsResponse{Read: p.Read, Total: p.Total, Changed: p.Changed, Removed: p.Removed, Done: done})
	}
	err := a.relay.Rebuild(stream.Context(), func(p relay.Progress) {
		last = p
		_ = tell(p, false) // A caller who is gone ends the context.
	})
	if err != nil {
		return err
	}
	return tell(last, true)
}

// GetStatusPageStatus implements the RPC.
func (a answering) GetStatusPageStatus(context.Context, *statusv1.GetStatusPageStatusRequest) (*statusv1.GetStatusPageStatusResponse, error) {
	s := a.relay.Status()
	out := &statusv1.GetStatusPageStatusResponse{Position: s.Position, Publishing: s.Publishing, Documents: uint32(s.Documents)}
	if s.Stopped != nil {
		out.Stopped = s.Stopped.Error()
	}
	return out, nil
}

package answer

import (
	"errors"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/rpc"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/rebuild"
)

// Rebuild implements the RPC. It goes on for as long as the caller listens; what
// is broken off before the swing leaves the live view as it is.
func (s *Service) Rebuild(_ *timelinev1.RebuildRequest, stream timelinev1.TimelineService_RebuildServer) error {
	err := s.Rebuilder.Run(stream.Context(), func(p rebuild.Progress) {
		// A caller who is gone ends the context, and with it the rebuild.
		_ = stream.Send(&timelinev1.RebuildResponse{
			Phase: timelinev1.RebuildPhase(p.Phase), Done: p.Done, Total: p.Total,
			Differences: p.Differences, Version: int32(p.Version),
		})
	})
	if different, ok := errors.AsType[*rebuild.DifferentError](err); ok {
		return &rpc.Refusal{Code: codes.FailedPrecondition, Reason: "rebuild_differs", Message: different.Error()}
	}
	return refuse(err)
}

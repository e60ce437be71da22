package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// following says what to follow and from where.
type following struct {
	incident  string
	position  string
	fromStart bool
}

// follow calls step for each new entry until ctx ends, and goes on after breaks
// where it left off, so that nothing is lost or told twice. It returns nil when
// ctx ends.
func (a *app) follow(ctx context.Context, s *session, f following, step func(*timelinev1.WatchResponse) error) error {
	const giveUpAfter = time.Minute
	lastAnswer := a.Now()
	for pause := 200 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		before := f.position
		err := a.followOnce(ctx, s, &f, step)
		if ctx.Err() != nil {
			return nil
		}
		if f.position != before {
			lastAnswer, pause = a.Now(), 200*time.Millisecond
		}
		if failed := fault.From(err); failed != nil && failed.Code != fault.Unreachable || a.Now().Sub(lastAnswer) > giveUpAfter {
			return err
		}
		if !rest(ctx, pause) {
			return nil
		}
	}
}

// followOnce follows until the stream ends; the end of the stream is no error.
func (a *app) followOnce(ctx context.Context, s *session, f *following, step func(*timelinev1.WatchResponse) error) error {
	request := &timelinev1.WatchRequest{Incident: f.incident, Position: f.position, FromStart: f.fromStart && f.position == ""}
	stream, err := s.Timeline.Watch(ctx, request)
	if err != nil {
		return err
	}
	for {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if response.GetEntry() != nil {
			if err := step(response); err != nil {
				return err
			}
		}
		if response.GetPosition() != "" {
			f.position = response.GetPosition()
		}
	}
}

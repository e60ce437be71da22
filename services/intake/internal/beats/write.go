package beats

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// Changes says what becomes of a heartbeat.
type Changes = signalv1.UpdateHeartbeatRequest

// Create makes a heartbeat for whoever asks, and says how it is. The error is a status of
// gRPC, or what [Desk.One] returns. One that is there already, just the same, is no error.
func (d Desk) Create(ctx context.Context, by *signalv1.HeartbeatCaller, name string, spec *catalogv1.HeartbeatSpec) (Status, error) {
	return d.write(ctx, name, func(to signalv1.HeartbeatServiceClient) error {
		_, err := to.CreateHeartbeat(ctx, &signalv1.CreateHeartbeatRequest{Caller: by, Name: name, Spec: spec})
		return err
	})
}

// Update changes the heartbeat that changes name, and says how it is. Its errors are those
// of [Desk.Create].
func (d Desk) Update(ctx context.Context, changes *Changes) (Status, error) {
	return d.write(ctx, changes.GetName(), func(to signalv1.HeartbeatServiceClient) error {
		_, err := to.UpdateHeartbeat(ctx, changes)
		return err
	})
}

// Delete deletes a heartbeat. Its errors are those of [Desk.Create].
func (d Desk) Delete(ctx context.Context, by *signalv1.HeartbeatCaller, name string) error {
	if d.Writer == nil {
		return noWriter()
	}
	if _, err := d.Writer.DeleteHeartbeat(ctx, &signalv1.DeleteHeartbeatRequest{Caller: by, Name: name}); err != nil {
		return err // a status of gRPC, whose words senders get
	}
	_, _ = d.latest(ctx) // whoever asks next is told that it is gone; it is, whether that is known here or not
	return nil
}

// write has something written, and says how the heartbeat is then.
func (d Desk) write(ctx context.Context, name string, call func(to signalv1.HeartbeatServiceClient) error) (Status, error) {
	if d.Writer == nil {
		return Status{}, noWriter()
	}
	if err := call(d.Writer); err != nil {
		return Status{}, err // a status of gRPC, whose words senders get
	}
	if _, err := d.latest(ctx); err != nil {
		return Status{}, err
	}
	return d.One(ctx, name)
}

func noWriter() error {
	return status.Error(codes.PermissionDenied, "heartbeats cannot be changed here: apply a Heartbeat")
}

package bench

import (
	"context"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/natsserver"
)

// publisher appends bytes to a subject that has last as its last sequence, and
// returns the new one.
type publisher func(ctx context.Context, subject string, last uint64, data []byte) (uint64, error)

// raw is JetStream without anything of ours around it.
func (b *broker) raw() (publisher, error) {
	conn, err := b.server.Connect(natsserver.UserCommand)
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	closeLog := b.close
	b.close = func() { conn.Close(); closeLog() }
	return func(ctx context.Context, subject string, last uint64, data []byte) (uint64, error) {
		ack, err := js.Publish(ctx, subject, data, jetstream.WithExpectLastSequencePerSubject(last))
		if err != nil {
			return 0, err
		}
		return ack.Sequence, nil
	}, nil
}

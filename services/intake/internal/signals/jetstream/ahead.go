package jetstream

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/rawsignal"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
)

// maxAhead bounds what is read ahead, in bytes.
const maxAhead = 4 << 20

// batch is what is handled at once.
type batch struct {
	mark
	signals []*signalv1.RawSignal
	size    int
}

// ahead reads the messages that follow the delivered one, as far as they are
// there. What cannot be read now is delivered later.
func (s *Store) ahead(ctx context.Context, msg jetstream.Msg, at *jetstream.MsgMetadata) batch {
	var b batch
	b.add(msg.Subject(), msg.Data(), at.Sequence.Stream, at.Timestamp)
	for left := at.NumPending; left > 0 && len(b.signals) < signals.MaxBatch && b.size < maxAhead; left-- {
		m, err := s.stream.GetMsg(ctx, b.sequence+1, jetstream.WithGetMsgSubject(anySubject))
		if err != nil {
			break
		}
		b.add(m.Subject, m.Data, m.Sequence, m.Time)
	}
	return b
}

// add takes the signals of a message. One that cannot be read is handed over as
// it is, so that it is told of and passed.
func (b *batch) add(subject string, data []byte, sequence uint64, stored time.Time) {
	b.mark = mark{sequence, stored}
	b.size += len(data)
	b.signals = append(b.signals, rawsignal.Signals(subject, data)...)
}

package public

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// Watcher is told what is in the stream, one thing at a time.
type Watcher interface {
	// Page is the document of a page; nil when the page is gone.
	Page(name string, doc *statusv1.PageDocument)
	// Incident is the document of an incident; nil when nothing of it is public.
	Incident(id string, doc *statusv1.IncidentDocument)
	// Mark says that the documents before it belong together, and when the relay
	// last knew that they are all; at is when the stream took it.
	Mark(mark *statusv1.RelayMark, at time.Time)
	// CaughtUp says once that all that was there at the beginning was told.
	CaughtUp()
}

// heartbeat is how often the server says that it has not forgotten what it was asked
// for. After two that are missing it is asked again; by default that takes 30 s.
const heartbeat = 2 * time.Second

// Watch tells the last version of everything and then each new one until ctx ends,
// then returns nil. It returns an error when the stream cannot be read, or when
// nothing at all came for the time quiet, although a relay gives signs of life.
func Watch(ctx context.Context, js jetstream.JetStream, w Watcher, quiet time.Duration) error {
	consumer, err := js.OrderedConsumer(ctx, streamName, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy,
	})
	if err != nil {
		return fmt.Errorf("watch the public documents: %w", err)
	}
	told := &teller{watcher: w, heard: make(chan struct{}, 1)}
	if info := consumer.CachedInfo(); info != nil && info.NumPending == 0 {
		told.caughtUp()
	}
	reading, err := consumer.Consume(told.tell, jetstream.PullExpiry(10*heartbeat), jetstream.PullHeartbeat(heartbeat))
	if err != nil {
		return fmt.Errorf("watch the public documents: %w", err)
	}
	err = told.until(ctx, reading.Closed(), quiet)
	reading.Stop()
	<-reading.Closed()
	return err
}

// until returns when the reading has to end.
func (t *teller) until(ctx context.Context, closed <-chan struct{}, quiet time.Duration) error {
	silence := time.NewTimer(quiet)
	defer silence.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-closed:
			return fmt.Errorf("watch the public documents: %w", errQuiet)
		case <-silence.C:
			return fmt.Errorf("watch the public documents: %w", errQuiet)
		case <-t.heard:
			silence.Reset(quiet)
		}
	}
}

// teller turns messages into what a watcher is told.
type teller struct {
	watcher Watcher
	done    bool
	heard   chan struct{} // holds one value when something came
}

func (t *teller) tell(m jetstream.Msg) {
	meta, err := m.Metadata()
	if err != nil {
		return
	}
	select {
	case t.heard <- struct{}{}:
	default:
	}
	subject := m.Subject()
	if name, ok := strings.CutPrefix(subject, prefixPage); ok {
		if doc := decode(m.Data(), &statusv1.PageDocument{}); doc != nil {
			t.watcher.Page(name, filled(doc))
		}
	} else if id, ok := strings.CutPrefix(subject, prefixIncident); ok {
		if doc := decode(m.Data(), &statusv1.IncidentDocument{}); doc != nil {
			t.watcher.Incident(id, filled(doc))
		}
	} else if subject == subjectMark {
		if mark := decode(m.Data(), &statusv1.RelayMark{}); mark != nil {
			t.watcher.Mark(mark, meta.Timestamp)
		}
	}
	if meta.NumPending == 0 {
		t.caughtUp()
	}
}

func (t *teller) caughtUp() {
	if !t.done {
		t.done = true
		t.watcher.CaughtUp()
	}
}

// decode reads a message; nil when it is not one of that kind.
func decode[T proto.Message](data []byte, into T) T {
	if proto.Unmarshal(data, into) != nil {
		var none T
		return none
	}
	return into
}

// filled is a document, or nil for an empty one.
func filled[T interface{ GetId() string }](doc T) T {
	if doc.GetId() == "" {
		var none T
		return none
	}
	return doc
}

package public

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

const (
	// streamName is the stream of public documents.
	streamName = "PUBLIC"
	// subjectPrefix begins the subject of each page.
	subjectPrefix = "public.page."
)

// ErrOvertaken: the page holds a document computed from more of the log.
var ErrOvertaken = errors.New("another relay is ahead")

// ErrTooLarge: the document is larger than the stream takes. Nothing was changed,
// and nothing will be until the document is a smaller one.
var ErrTooLarge = errors.New("the page is too large to be published")

// Writer replaces documents.
type Writer struct {
	js     jetstream.JetStream
	stream jetstream.Stream
}

// NewWriter opens the stream for writing; the connection stays the caller's.
func NewWriter(ctx context.Context, js jetstream.JetStream) (*Writer, error) {
	stream, err := js.Stream(ctx, streamName)
	if err != nil {
		return nil, fmt.Errorf("open the public documents: %w", err)
	}
	return &Writer{js: js, stream: stream}, nil
}

// Put replaces the document of a page unless the stored one is the same but for
// its source position. It returns [ErrOvertaken] when the stored one is ahead in
// the same log, and [ErrTooLarge] for one that can never be stored; one of another
// log is replaced.
func (w *Writer) Put(ctx context.Context, doc *statusv1.PageDocument) error {
	subject := subjectPrefix + doc.GetName()
	for {
		stored, sequence, err := w.last(ctx, subject)
		if err != nil {
			return err
		}
		if stored != nil && stored.GetSourceEpoch() == doc.GetSourceEpoch() && stored.GetSourceSequence() > doc.GetSourceSequence() {
			return fmt.Errorf("publish page %s: %w", doc.GetName(), ErrOvertaken)
		}
		if stored != nil && same(stored, doc) {
			return nil
		}
		data, err := proto.Marshal(doc)
		if err != nil {
			return fmt.Errorf("publish page %s: %w", doc.GetName(), err)
		}
		if w.tooLarge(len(data)) {
			return fmt.Errorf("publish page %s: %d bytes: %w", doc.GetName(), len(data), ErrTooLarge)
		}
		_, err = w.js.Publish(ctx, subject, data, jetstream.WithExpectLastSequencePerSubject(sequence))
		if !raced(err) {
			return published(doc.GetName(), err)
		}
	}
}

// tooLarge tells whether the server said that it does not take so many bytes; the
// headers need some too.
func (w *Writer) tooLarge(size int) bool {
	const headers = 512
	limit := w.js.Conn().MaxPayload()
	return limit > 0 && int64(size)+headers > limit
}

// codeTooLarge: the message exceeds what the stream is configured to take.
const codeTooLarge = 10054

// published is the error of a publication for the caller.
func published(name string, err error) error {
	if err == nil {
		return nil
	}
	api, _ := errors.AsType[*jetstream.APIError](err)
	if errors.Is(err, nats.ErrMaxPayload) || api != nil && api.ErrorCode == codeTooLarge {
		err = ErrTooLarge
	}
	return fmt.Errorf("publish page %s: %w", name, err)
}

func (w *Writer) last(ctx context.Context, subject string) (*statusv1.PageDocument, uint64, error) {
	message, err := w.stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", subject, err)
	}
	doc := &statusv1.PageDocument{}
	if proto.Unmarshal(message.Data, doc) != nil {
		return nil, message.Sequence, nil // whatever it is, it is replaced
	}
	return doc, message.Sequence, nil
}

// same compares what customers can see.
func same(a, b *statusv1.PageDocument) bool {
	x, y := proto.CloneOf(a), proto.CloneOf(b)
	x.SourceSequence, y.SourceSequence = 0, 0
	return proto.Equal(x, y)
}

// raced tells whether another document came in between.
func raced(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == 10164)
}

// Delete takes pages away that are not in keep. Their documents are replaced by
// empty ones, as the rights to delete messages are not a relay's.
func (w *Writer) Delete(ctx context.Context, keep map[string]bool, epoch string, sequence uint64) error {
	info, err := w.stream.Info(ctx, jetstream.WithSubjectFilter(subjectPrefix+"*"))
	if err != nil {
		return fmt.Errorf("list the public pages: %w", err)
	}
	for subject := range info.State.Subjects {
		name := subject[len(subjectPrefix):]
		if keep[name] {
			continue
		}
		if err := w.Put(ctx, &statusv1.PageDocument{Name: name, SourceEpoch: epoch, SourceSequence: sequence}); err != nil {
			return err
		}
	}
	return nil
}

// Gone tells whether a document says that its page does not exist any more.
func Gone(doc *statusv1.PageDocument) bool { return doc.GetId() == "" }

// Watch delivers the last document of each page and then every new one until ctx
// ends. caughtUp is called once, when what was there has been delivered.
func Watch(ctx context.Context, js jetstream.JetStream, deliver func(*statusv1.PageDocument), caughtUp func()) error {
	consumer, err := js.OrderedConsumer(ctx, streamName, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{subjectPrefix + "*"}, DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy,
	})
	if err != nil {
		return fmt.Errorf("watch the public documents: %w", err)
	}
	if info := consumer.CachedInfo(); info != nil && info.NumPending == 0 {
		caughtUp()
		caughtUp = func() {}
	}
	reading, err := consumer.Consume(func(m jetstream.Msg) {
		doc := &statusv1.PageDocument{}
		if proto.Unmarshal(m.Data(), doc) == nil {
			deliver(doc)
		}
		if meta, err := m.Metadata(); err == nil && meta.NumPending == 0 {
			caughtUp()
			caughtUp = func() {}
		}
	})
	if err != nil {
		return fmt.Errorf("watch the public documents: %w", err)
	}
	<-ctx.Done()
	reading.Stop()
	<-reading.Closed()
	return nil
}

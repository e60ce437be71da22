package eventlogtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

func testLast(t *testing.T, h Harness) {
	log := h.New(t)
	for i := range 3 {
		NewAggregate(t, fmt.Sprintf("number.%d", i+1)).Append(log, "claimed")
		NewAggregate(t, fmt.Sprintf("incident.%d", i+1)).Append(log, "declared")
	}
	last, err := log.Last(t.Context(), eventlog.FilterNumbers)
	must(t, err)
	sequence, err := log.LastSequence(t.Context(), "number.>")
	must(t, err)
	if last.Subject != "number.3" || last.Sequence != 5 || sequence != 5 {
		t.Fatalf("last %s at %d, sequence %d", last.Subject, last.Sequence, sequence)
	}
	subjects, err := log.Subjects(t.Context(), "number.*")
	must(t, err)
	if !slices.Equal(subjects, []string{"number.1", "number.2", "number.3"}) {
		t.Fatalf("subjects %v", subjects)
	}
}

func testLoad(t *testing.T, h Harness) {
	log := h.New(t)
	a, b := NewAggregate(t, "incident.a"), NewAggregate(t, "incident.b")
	for i := range 700 { // more than one request of any implementation
		a.Append(log, fmt.Sprint(i))
		if i%7 == 0 {
			b.Append(log, fmt.Sprint(i))
		}
	}
	messages, err := log.Load(t.Context(), a.Subject, 0)
	must(t, err)
	a.Verify(messages)
	previous := uint64(0)
	for _, m := range messages {
		if m.Previous != previous || m.Subject != a.Subject || m.Replaced {
			t.Fatalf("message %d after %d: %+v", m.Sequence, previous, m)
		}
		previous = m.Sequence
	}
	rest, err := log.Load(t.Context(), a.Subject, messages[649].Sequence)
	must(t, err)
	if len(rest) != 50 || rest[0].Sequence != messages[650].Sequence {
		t.Fatalf("%d messages after %d", len(rest), messages[649].Sequence)
	}
}

// collect reads the whole log.
func collect(t *testing.T, log eventlog.Log, after eventlog.Position) []eventlog.Message {
	t.Helper()
	head, err := log.Head(t.Context())
	must(t, err)
	var messages []eventlog.Message
	must(t, log.Read(t.Context(), after, head.Sequence, func(m eventlog.Message) error {
		messages = append(messages, m)
		return nil
	}))
	for i, m := range messages {
		if m.Sequence != after.Sequence+uint64(i)+1 {
			t.Fatalf("message %d delivered as number %d after %d", m.Sequence, i+1, after.Sequence)
		}
	}
	return messages
}

func testRead(t *testing.T, h Harness) {
	log := h.New(t)
	a := NewAggregate(t, "incident.a")
	var positions []eventlog.Position
	for i := range 20 {
		positions = append(positions, a.Append(log, fmt.Sprint(i)))
	}
	a.Verify(collect(t, log, eventlog.Position{}))
	count := 0
	must(t, log.Read(t.Context(), positions[4], 15, func(m eventlog.Message) error {
		count++
		p, err := m.Position()
		if err == nil && p != positions[m.Sequence-1] {
			err = fmt.Errorf("message %d has position %v, want %v", m.Sequence, p, positions[m.Sequence-1])
		}
		return err
	}))
	if count != 10 {
		t.Fatalf("%d messages, want 10", count)
	}
	must(t, log.Read(t.Context(), positions[19], 20, func(m eventlog.Message) error {
		return fmt.Errorf("message %d delivered at the end", m.Sequence)
	}))
}

// follow tails in the background; next waits for one message, stop ends it.
func follow(t *testing.T, tail func(context.Context, func(eventlog.Message) error) error) (next func() eventlog.Message, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	messages, done := make(chan eventlog.Message), make(chan error, 1)
	go func() {
		done <- tail(ctx, func(m eventlog.Message) error {
			select {
			case messages <- m:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	ended := false
	stop = func() error {
		if ended {
			return nil
		}
		ended = true
		cancel()
		return <-done
	}
	t.Cleanup(func() { _ = stop() })
	next = func() eventlog.Message {
		t.Helper()
		select {
		case m := <-messages:
			return m
		case err := <-done:
			ended = true
			t.Fatalf("the tail ended: %v", err)
		case <-ctx.Done():
		}
		return eventlog.Message{}
	}
	return next, stop
}

func testTail(t *testing.T, h Harness) {
	log := h.New(t)
	a := NewAggregate(t, "incident.a")
	a.Append(log, "before")
	next, stop := follow(t, func(ctx context.Context, fn func(eventlog.Message) error) error {
		return log.Tail(ctx, eventlog.Position{}, fn)
	})
	for want := uint64(1); want < 20; want++ {
		if m := next(); m.Sequence != want {
			t.Fatalf("message %d, want %d", m.Sequence, want)
		}
		a.Append(log, "live")
	}
	wantError(t, stop(), context.Canceled)
}

func testTailSubjects(t *testing.T, h Harness) {
	log := h.New(t)
	person := NewAggregate(t, "catalog.person.p")
	person.Append(log, "first", "secret")
	NewAggregate(t, "incident.a").Append(log, "beside")
	redaction := person.Redaction(2)
	position, err := eventlog.Redact(t.Context(), log, redaction)
	must(t, err)
	person.Accept(redaction.Entry, position)
	next, stop := follow(t, func(ctx context.Context, fn func(eventlog.Message) error) error {
		return log.TailSubjects(ctx, "catalog.>", 0, fn)
	})
	if m := next(); m.Sequence != 1 || !m.Replaced {
		t.Fatalf("message %d, replaced %v", m.Sequence, m.Replaced)
	}
	if m := next(); m.Sequence != position.Sequence {
		t.Fatalf("message %d, want %d", m.Sequence, position.Sequence)
	}
	live := person.Append(log, "live")
	if m := next(); m.Sequence != live.Sequence {
		t.Fatalf("message %d, want %d", m.Sequence, live.Sequence)
	}
	wantError(t, stop(), context.Canceled)
}

func testResume(t *testing.T, h Harness) {
	log := h.New(t)
	a := NewAggregate(t, "incident.a")
	a.Append(log, "one")
	middle := a.Append(log, "two")
	a.Append(log, "three")
	token, err := eventlog.ParsePosition(middle.String())
	must(t, err)
	rest := collect(t, log, token)
	if len(rest) != 1 || rest[0].Sequence != 3 {
		t.Fatalf("resumed with %d messages", len(rest))
	}
}

func testForeignPosition(t *testing.T, h Harness) {
	log := h.New(t)
	position := NewAggregate(t, "incident.a").Append(log, "one")
	refused := map[eventlog.PositionReason]eventlog.Position{
		eventlog.ReasonEpoch: {Epoch: "another", Sequence: 1, Hash: position.Hash},
		eventlog.ReasonAhead: {Epoch: position.Epoch, Sequence: 2, Hash: position.Hash},
		eventlog.ReasonHash:  {Epoch: position.Epoch, Sequence: 1, Hash: chain.HashEnvelope([]byte("another"))},
	}
	fn := func(eventlog.Message) error { return errors.New("delivered") }
	for reason, p := range refused {
		for _, err := range []error{log.Read(t.Context(), p, 1, fn), log.Tail(t.Context(), p, fn)} {
			got, ok := errors.AsType[*eventlog.PositionError](err)
			if !ok || got.Reason != reason {
				t.Errorf("%s: %v", reason, err)
			}
		}
	}
}

func testCallerError(t *testing.T, h Harness) {
	log := h.New(t)
	NewAggregate(t, "incident.a").Append(log, "one")
	mine := errors.New("mine")
	fn := func(eventlog.Message) error { return mine }
	for name, err := range map[string]error{
		"read": log.Read(t.Context(), eventlog.Position{}, 1, fn),
		"tail": log.Tail(t.Context(), eventlog.Position{}, fn),
		"subj": log.TailSubjects(t.Context(), "incident.*", 0, fn),
	} {
		if err != mine { //nolint:errorlint // the very error must come back
			t.Errorf("%s: %v", name, err)
		}
	}
}

func testHeader(t *testing.T, h Harness) {
	log := h.New(t)
	request := NewAggregate(t, "incident.a").Seal("one")
	request.Header = eventlog.Header{"Traceparent": "00-1-2-01"}
	_, err := log.Append(t.Context(), request)
	must(t, err)
	last, err := log.Last(t.Context(), "incident.a")
	must(t, err)
	read := collect(t, log, eventlog.Position{})
	if last.Header["Traceparent"] != "00-1-2-01" || read[0].Header["Traceparent"] != "00-1-2-01" {
		t.Fatalf("headers %v and %v", last.Header, read[0].Header)
	}
}

func testHole(t *testing.T, h Harness) {
	if h.Lose == nil {
		t.Skip("this implementation cannot be damaged from here")
	}
	log := h.New(t)
	a := NewAggregate(t, "incident.a")
	var positions []eventlog.Position
	for i := range 5 {
		positions = append(positions, a.Append(log, fmt.Sprint(i)))
	}
	h.Lose(t, log, 3)
	fn := func(eventlog.Message) error { return nil }
	_, loadErr := log.Load(t.Context(), a.Subject, 0)
	_, atErr := log.At(t.Context(), 3)
	for name, err := range map[string]error{
		"load": loadErr, "at": atErr,
		"read":   log.Read(t.Context(), eventlog.Position{}, 5, fn),
		"tail":   log.Tail(t.Context(), positions[0], fn),
		"resume": log.Tail(t.Context(), positions[2], fn),
		"filter": log.TailSubjects(t.Context(), "incident.*", 0, fn),
	} {
		hole, ok := errors.AsType[*eventlog.HoleError](err)
		if !ok || hole.First != 3 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

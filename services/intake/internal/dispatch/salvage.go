package dispatch

import (
	"context"
	"errors"
	"fmt"
	"sync"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// notTakenError is why what the route of an alert asks for could not be done.
type notTakenError struct {
	alert string // id
	cause error
}

func (e *notTakenError) Error() string { return e.cause.Error() }

func (e *notTakenError) Unwrap() error { return e.cause }

// salvage keeps what can be kept of an alert with which the log will never go further. Its
// signal is set aside, so that somebody learns of it and may replay it. An alert that
// fires and whose incident is refused is listed without one: it goes on without. The note
// comes first, since a signal that is handled again finds a listed alert done. Its error
// is ctx's.
func (w *work) salvage(ctx context.Context, in arrival, never error) error {
	if in.aside == nil { // what is due is tried again when the next ring comes
		w.giveUp(ctx, in.signal, in.source, never)
		return nil
	}
	refused, ok := errors.AsType[*notTakenError](never)
	if !ok {
		return in.aside.put(ctx, w.Dispatcher, never)
	}
	if err := in.aside.put(ctx, w.Dispatcher, fmt.Errorf(
		"the alert is listed, and a replay declares nothing for it any more, but bridgelog declare --from-alert %s does: %w", refused.alert, never)); err != nil {
		return err
	}
	listed := in
	listed.rule.List, listed.rule.Page = true, false
	never, err := w.attempt(ctx, in.signal, w.step(listed))
	if never == nil {
		return err
	}
	return in.aside.again(ctx, w.Dispatcher, fmt.Errorf("the alert is not listed: %w", never))
}

// aside sets one signal aside: once, however many of its alerts fail.
type aside struct {
	signal *signalv1.RawSignal

	mu   sync.Mutex
	done bool
}

// put returns when the signal is set aside. Its error is ctx's.
func (a *aside) put(ctx context.Context, d *Dispatcher, reason error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	d.giveUp(ctx, a.signal.GetId(), a.signal.GetSource(), reason)
	if a.done {
		return nil
	}
	err := d.note(ctx, a.signal, reason)
	a.done = err == nil
	return err
}

// again sets the signal aside for another reason, which replaces the first.
func (a *aside) again(ctx context.Context, d *Dispatcher, reason error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done = true
	return d.setAside(ctx, a.signal, reason)
}

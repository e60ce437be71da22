package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// Error codes of the server that decide what happens next.
const (
	codeNotFound           = 10037
	codeStreamNotFound     = 10059
	codeWrongLast          = 10071
	codeWrongLastInFlight  = 10164
	codeStoreFailed        = 10077
	codeStorageExceeded    = 10047
	codeInsufficient       = 10023
	codeAccountExceeded    = 10002
	codeMessageTooLarge    = 10054
	codeClusterUnavailable = 10008
	codeNotLeader          = 10009
	codeBatchIncomplete    = 10176
	codeBatchTooMany       = 10210
	codeSequenceNotFound   = 10043
	statusTooLarge         = "message size exceeds maximum allowed"
	statusMaxBytes         = "maximum bytes exceeded"
	statusNoSpace          = "no space left"
)

// verdict is what the answer to an attempt says about the message.
type verdict int

const (
	// stored: it is in the log.
	stored verdict = iota
	// conflicted: the expectation did not hold.
	conflicted
	// refused: it is not in the log, and trying again would not help.
	refused
	// unreached: it is not in the log; trying again may help.
	unreached
	// unknown: it may be in the log, or still arrive there.
	unknown
)

// judge reads the answer to an attempt. The error is one of package eventlog.
func judge(err error) (verdict, error) {
	if err == nil {
		return stored, nil
	}
	if code, text, ok := apiError(err); ok {
		return judgeCode(code, text)
	}
	switch {
	case errors.Is(err, nats.ErrMaxPayload):
		return refused, eventlog.ErrTooLarge
	case errors.Is(err, nats.ErrNoResponders), errors.Is(err, jetstream.ErrNoStreamResponse),
		errors.Is(err, nats.ErrReconnectBufExceeded):
		return unreached, eventlog.ErrUnavailable
	case errors.Is(err, nats.ErrInvalidConnection):
		return refused, eventlog.ErrUnavailable
	}
	// A connection that is closed says the same of what it had sent already.
	return unknown, eventlog.ErrUnavailable
}

func judgeCode(code int, text string) (verdict, error) {
	switch code {
	case codeWrongLast, codeWrongLastInFlight:
		return conflicted, eventlog.ErrConflict
	case codeStorageExceeded, codeInsufficient, codeAccountExceeded:
		return refused, eventlog.ErrFull
	case codeMessageTooLarge:
		return refused, eventlog.ErrTooLarge
	case codeStoreFailed:
		// One code stands for every failure of the store; only the text tells.
		switch {
		case strings.Contains(text, statusMaxBytes), strings.Contains(text, statusNoSpace):
			return refused, eventlog.ErrFull
		case strings.Contains(text, statusTooLarge):
			return refused, eventlog.ErrTooLarge
		}
		return unknown, eventlog.ErrUnavailable
	case codeClusterUnavailable, codeNotLeader, codeBatchIncomplete, codeBatchTooMany, codeStreamNotFound:
		return unreached, eventlog.ErrUnavailable
	}
	return refused, fmt.Errorf("%w: the server refused it (code %d)", eventlog.ErrUnavailable, code)
}

// translate turns the error of a read into one of package eventlog. It keeps
// context errors and drops the driver's text.
func translate(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", eventlog.ErrUnavailable, contextError(err))
	case errors.Is(err, jetstream.ErrStreamNotFound), errors.Is(err, jetstream.ErrMsgNotFound):
		return eventlog.ErrNotFound
	}
	if code, _, ok := apiError(err); ok {
		switch code {
		case codeNotFound, codeStreamNotFound, codeSequenceNotFound:
			return eventlog.ErrNotFound
		}
		return fmt.Errorf("%w (code %d)", eventlog.ErrUnavailable, code)
	}
	return eventlog.ErrUnavailable
}

func contextError(err error) error {
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	return context.DeadlineExceeded
}

// apiError finds the server's answer in an error, whichever library brought it.
func apiError(err error) (code int, text string, ok bool) {
	if api, found := errors.AsType[*jetstream.APIError](err); found {
		return int(api.ErrorCode), api.Description, true
	}
	if withAPI, found := errors.AsType[jetstream.JetStreamError](err); found && withAPI.APIError() != nil {
		return int(withAPI.APIError().ErrorCode), withAPI.APIError().Description, true
	}
	return 0, "", false
}

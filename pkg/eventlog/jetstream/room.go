package jetstream

import (
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// codeNoPeers is the answer of a cluster of which no server fits a stream; its text
// says why: servers that are away, or not known yet, come first in it.
const (
	codeNoPeers    = 10005
	noPeers        = "no suitable peers for placement"
	noPeersOffline = "peer offline"
)

// RoomError says that the servers have no room for a stream of the size that the
// bootstrap asked for: a server reserves the whole size when it creates a stream.
type RoomError struct {
	// Stream is the stream's name, Bytes the size asked for on each server.
	Stream string
	Bytes  int64
	// Reason is what the server said.
	Reason string
}

// Error says what was asked for.
func (e *RoomError) Error() string {
	return fmt.Sprintf("stream %s: the servers have no room for %d bytes: %s", e.Stream, e.Bytes, e.Reason)
}

// Unwrap makes it an [eventlog.ErrMisconfigured].
func (e *RoomError) Unwrap() error { return eventlog.ErrMisconfigured }

// refusedStream is refusal for a stream that was to be created or changed.
func refusedStream(err error, c jetstream.StreamConfig) error {
	code, text, ok := apiError(err)
	if !ok {
		return refusal(err)
	}
	switch {
	case code == codeStorageExceeded, code == codeInsufficient, code == codeAccountExceeded,
		code == codeNoPeers && strings.Contains(text, "storage"):
		return &RoomError{Stream: c.Name, Bytes: c.MaxBytes, Reason: text}
	}
	return refusal(err)
}

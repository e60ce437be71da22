package mail

import (
	"context"
	"errors"
	"net"
)

// maxHeard is how much a server may say in one attempt, in bytes.
const maxHeard = 256 << 10

// errTalkative: a server said more than any needs.
var errTalkative = errors.New("the server says too much")

// bounded is a connection that hears so much and no more, and ends with a context.
type bounded struct {
	net.Conn

	left int
	stop func() bool
}

func newBounded(ctx context.Context, conn net.Conn) *bounded {
	return &bounded{Conn: conn, left: maxHeard, stop: context.AfterFunc(ctx, func() { _ = conn.Close() })}
}

// Read implements net.Conn.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTalkative
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err //nolint:wrapcheck // It stands in the place of the connection.
}

// Close implements net.Conn.
func (b *bounded) Close() error {
	b.stop()
	return b.Conn.Close() //nolint:wrapcheck // It stands in the place of the connection.
}

package freeport

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// The range of ports that are tried: above what well-known services use, below what
// Linux gives to outgoing connections by default.
const (
	lowest  = 15000
	highest = 32000
)

// attempts bounds how many ports are tried for one.
const attempts = 100

// Find returns ports of 127.0.0.1 at which nothing listens now. They differ from
// each other; another process may take one before it is used.
func Find(ctx context.Context, count int) ([]int, error) {
	ports := make([]int, 0, count)
	for range attempts * count {
		if len(ports) == count {
			break
		}
		port := lowest + rand.IntN(highest-lowest) //nolint:gosec // Nothing depends on that nobody can guess it.
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", Address(port))
		if err != nil {
			continue
		}
		// Held until all are found, so that none is found twice.
		defer listener.Close() //nolint:errcheck // It was only asked whether it may listen.
		ports = append(ports, port)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("find a free port: %w", err)
	}
	if len(ports) < count {
		return nil, fmt.Errorf("find a free port: none of %d tried between %d and %d is free", attempts*count, lowest, highest)
	}
	return ports, nil
}

// Address is "127.0.0.1:port".
func Address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

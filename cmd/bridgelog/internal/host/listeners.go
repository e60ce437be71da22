package host

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/httpserve"
)

// door is one listener with its name in messages.
type door struct {
	name string
	net.Listener
}

// listen opens a listener; a port in use is said as an operator needs it.
func listen(ctx context.Context, name, address string) (door, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return door{}, fmt.Errorf("%s cannot listen on %s (%s); stop what uses the address, or use --ports auto", name, address, reason(err))
	}
	return door{name, l}, nil
}

// reason is the last part of a network error, without addresses and operations.
func reason(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		return text[i+2:]
	}
	return text
}

// url is where a client on this machine reaches the door over HTTP.
func (d door) url() string { return "http://" + d.Addr().String() }

// stopPatience is how long the requests in hand may take at a stop.
const stopPatience = 3 * time.Second

// serveHTTP serves until ctx ends and lets requests in hand finish.
func serveHTTP(server *http.Server, d door) func(context.Context) error {
	return func(ctx context.Context) error { return httpserve.Until(ctx, server, d, stopPatience) }
}

// httpServer has the limits of every HTTP door of ours.
func httpServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
}

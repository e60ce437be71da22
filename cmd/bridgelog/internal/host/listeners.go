package host

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
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

// serveHTTP serves until ctx ends and lets requests under way finish.
func serveHTTP(server *http.Server, d door) func(context.Context) error {
	return func(ctx context.Context) error {
		finished := make(chan struct{})
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			select {
			case <-finished:
			case <-ctx.Done():
				patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
				defer cancel()
				if server.Shutdown(patience) != nil {
					_ = server.Close()
				}
			}
		}()
		err := server.Serve(d)
		close(finished)
		<-stopped
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
	}
}

// httpServer has the limits of every HTTP door of ours.
func httpServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
}

package cli

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"time"

	"golang.org/x/term"
	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
)

// Deps is what the commands need of the outside.
type Deps struct {
	// In is what a person types or another program sends.
	In io.Reader
	// Out gets answers, Err everything else.
	Out, Err io.Writer
	// InTerminal, OutTerminal and ErrTerminal tell whether a person is there.
	InTerminal, OutTerminal, ErrTerminal bool
	// Width is the terminal's width in columns; 0 is without bound.
	Width int
	// Getenv reads the environment.
	Getenv func(string) string
	// Now is the clock.
	Now func() time.Time
	// Zone is the zone in which times are shown and read.
	Zone *time.Location
	// NewID makes request ids.
	NewID func() string
	// ReadSecret reads a line without showing it; nil reads a line of In.
	ReadSecret func() (string, error)
	// Patience is how long a write waits for the read side to show what it did, and
	// a completion for its words; 0 is half a second.
	Patience time.Duration
	// Connect connects to a system.
	Connect func(context.Context, client.Target, ...grpc.DialOption) (*client.Conn, error)
	// Version is the program's version.
	Version string
}

// System is the outside of a real process.
func System(version string) Deps {
	d := Deps{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		ErrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Getenv:      os.Getenv,
		Now:         time.Now,
		Zone:        time.Local,
		NewID:       rand.Text,
		Connect:     client.Connect,
		Version:     version,
	}
	if d.InTerminal {
		d.ReadSecret = func() (string, error) {
			secret, err := term.ReadPassword(int(os.Stdin.Fd()))
			return string(secret), err
		}
	}
	if d.OutTerminal {
		d.Width, _, _ = term.GetSize(int(os.Stdout.Fd()))
	}
	return d
}

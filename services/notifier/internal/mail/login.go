package mail

import (
	"errors"
	"slices"

	"github.com/wneessen/go-mail/smtp"
)

// errNoLogin: the server takes no password.
var errNoLogin = errors.New("the server offers neither PLAIN nor LOGIN")

// login signs in by whichever way of giving a password the server offers. Both refuse to
// give it to another machine without TLS.
type login struct {
	username, password, host string

	chosen smtp.Auth
}

// Start implements smtp.Auth.
func (l *login) Start(server *smtp.ServerInfo) (string, []byte, error) {
	switch {
	case slices.Contains(server.Auth, "PLAIN"):
		l.chosen = smtp.PlainAuth("", l.username, l.password, l.host, false)
	case slices.Contains(server.Auth, "LOGIN"):
		l.chosen = smtp.LoginAuth(l.username, l.password, l.host, false)
	default:
		return "", nil, errNoLogin
	}
	return l.chosen.Start(server) //nolint:wrapcheck // It is judged, never shown.
}

// Next implements smtp.Auth.
func (l *login) Next(said []byte, more bool) ([]byte, error) {
	return l.chosen.Next(said, more) //nolint:wrapcheck // It is judged, never shown.
}

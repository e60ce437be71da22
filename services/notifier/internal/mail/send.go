package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/mail"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/netguard"
)

// Timeout bounds one attempt, from dialling to the last word of the server.
const Timeout = 15 * time.Second

// Sender hands letters to mail servers. Its fields are set once.
type Sender struct {
	// Guard says which addresses may be connected to.
	Guard netguard.Guard
	// Timeout replaces [Timeout].
	Timeout time.Duration
	// TLS replaces the settings of TLS but for the name of the server; nil: those of the
	// system.
	TLS *tls.Config
}

// Send makes one attempt. It returns no error: whatever happens is the result. A letter
// whose last answer was lost may have been accepted, and is not said to be.
func (s *Sender) Send(ctx context.Context, server catalog.SMTP, password string, l Letter) Result {
	limit := s.Timeout
	if limit == 0 {
		limit = Timeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	message, err := l.message()
	if err != nil {
		return Result{Final: true, Reason: reasonAddress, Problem: "the address of the person cannot be written to: correct it"}
	}
	client, err := s.client(ctx, server, password, limit)
	if err != nil {
		return Result{Reason: reasonSettings, Problem: "the settings of the mail server cannot be used"}
	}
	if err := client.DialWithContext(ctx); err != nil {
		return judgeDial(ctx, err)
	}
	defer func() { _ = client.Close() }() // what was accepted stays accepted
	err = client.Send(message)
	if message.IsDelivered() {
		return Result{Accepted: true}
	}
	return judgeSend(ctx, err)
}

// client is the client of one server for one attempt.
func (s *Sender) client(ctx context.Context, server catalog.SMTP, password string, limit time.Duration) (*gomail.Client, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		config = s.TLS.Clone()
	}
	config.ServerName = server.Host
	policy := gomail.NoTLS
	if server.Security == catalog.SMTPStartTLS {
		policy = gomail.TLSMandatory
	}
	dial := func(dialing context.Context, network, address string) (net.Conn, error) {
		conn, err := s.Guard.Dial(dialing, network, address, server.Security == catalog.SMTPPlain)
		if err != nil {
			return nil, err
		}
		// The whole attempt ends with ctx, whatever deadlines are set in between.
		bounded := newBounded(ctx, conn)
		if server.Security != catalog.SMTPImplicitTLS {
			return bounded, nil
		}
		secured := tls.Client(bounded, config)
		if err := secured.HandshakeContext(dialing); err != nil {
			_ = conn.Close()
			return nil, &tlsError{err}
		}
		return secured, nil
	}
	options := []gomail.Option{
		gomail.WithPort(server.Port), gomail.WithTimeout(2 * limit), // ctx ends it before
		gomail.WithTLSPolicy(policy), gomail.WithTLSConfig(config), gomail.WithDialContextFunc(dial),
	}
	if server.Username != "" {
		options = append(options, gomail.WithSMTPAuthCustom(&login{username: server.Username, password: password, host: server.Host}))
	}
	return gomail.NewClient(server.Host, options...)
}

// tlsError is a handshake that failed.
type tlsError struct{ err error }

func (e *tlsError) Error() string { return e.err.Error() }
func (e *tlsError) Unwrap() error { return e.err }

// errAddress: an address has characters that none has.
var errAddress = errors.New("an address cannot be used")

// message builds the mail.
func (l Letter) message() (*gomail.Msg, error) {
	for _, a := range []mail.Address{l.From, l.To} {
		if parsed, err := mail.ParseAddress(a.Address); err != nil || parsed.Address != a.Address {
			return nil, errAddress
		}
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(&mail.Address{Name: line(l.From.Name, maxName), Address: l.From.Address})
	m.ToMailAddress(&mail.Address{Name: line(l.To.Name, maxName), Address: l.To.Address})
	m.Subject(line(l.Subject, 2*maxTitle+maxName))
	m.SetMessageIDWithValue(l.MessageID)
	m.SetDate()
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Precedence", "bulk")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	if l.Urgent {
		m.SetImportance(gomail.ImportanceHigh)
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	return m, nil
}

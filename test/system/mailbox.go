package system

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"io"
	"net"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Mailbox is a mail server that offers STARTTLS, lets those sign in who know its password,
// and keeps what it accepts.
type Mailbox struct {
	// Address is host:port, Roots a file with the certificate to trust.
	Address, Roots string

	mu       sync.Mutex
	refusing int
	accepted []Mail
}

// Who may sign in at a [Mailbox].
const (
	MailboxUser     = "bridgelog"
	MailboxPassword = "open sesame"
)

// Mail is one that was accepted.
type Mail struct {
	// To is to whom it was handed over, Raw all of it.
	To, Raw string
	// Header is what stands before the empty line.
	Header mail.Header
}

// OpenMailbox runs a mail server until the test ends.
func OpenMailbox(t testing.TB) *Mailbox {
	t.Helper()
	certified := httptest.NewTLSServer(nil)
	t.Cleanup(certified.Close)
	m := &Mailbox{Roots: filepath.Join(t.TempDir(), "roots.pem")}
	roots := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certified.Certificate().Raw})
	if err := os.WriteFile(m.Roots, roots, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.Address = l.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailing{box: m}, nil }))
	server.Domain, server.AllowInsecureAuth, server.TLSConfig = "mail.test", true, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: certified.TLS.Certificates}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		_ = server.Close()
		_ = l.Close() // of which the server need not know yet
		<-served
	})
	return m
}

// Accepted are the mails that were accepted so far.
func (m *Mailbox) Accepted() []Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.accepted)
}

// Refuse answers every mail with a code from now on; 0: it is accepted.
func (m *Mailbox) Refuse(code int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refusing = code
}

// mailing is one connection.
type mailing struct {
	box   *Mailbox
	known bool
	to    string
}

func (m *mailing) AuthMechanisms() []string { return []string{sasl.Plain} }

func (m *mailing) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != MailboxUser || password != MailboxPassword {
			return smtp.ErrAuthFailed
		}
		m.known = true
		return nil
	}), nil
}

func (m *mailing) Mail(string, *smtp.MailOptions) error {
	if !m.known {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (m *mailing) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.box.mu.Lock()
	defer m.box.mu.Unlock()
	if m.box.refusing != 0 {
		return &smtp.SMTPError{Code: m.box.refusing, Message: "refused by the test"}
	}
	m.to = to
	return nil
}

func (m *mailing) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	read, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	m.box.mu.Lock()
	defer m.box.mu.Unlock()
	m.box.accepted = append(m.box.accepted, Mail{To: m.to, Raw: string(raw), Header: read.Header})
	return nil
}

func (m *mailing) Reset()        { m.to = "" }
func (m *mailing) Logout() error { return nil }

package mailtest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Options say how the server is.
type Options struct {
	// TLS: it offers STARTTLS. Implicit: it begins with TLS.
	TLS, Implicit bool
	// Username and Password have to be given; empty: nobody signs in.
	Username, Password string
	// Answer is asked for each mail, with how many came before: its code, 0 for accepted, is
	// said to the address, or, if AtData, to the content.
	Answer func(before int) int
	AtData bool
	// Hang keeps the answer to the content back until the server ends, if true.
	Hang bool
}

// Server is a running server.
type Server struct {
	// Address is host:port.
	Address string

	options Options
	roots   *x509.CertPool
	done    chan struct{}

	mu       sync.Mutex
	tries    int
	accepted []Mail
}

// Mail is one that was accepted.
type Mail struct {
	From, To string
	// Raw is everything, Header what stands before the empty line.
	Raw    string
	Header mail.Header
}

// Start runs a server until the test ends.
func Start(t *testing.T, o Options) *Server {
	t.Helper()
	s := &Server{options: o, done: make(chan struct{})}
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // It ends with the test.
	if err != nil {
		t.Fatal(err)
	}
	s.Address = l.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{server: s, known: o.Username == ""}, nil }))
	server.Domain, server.AllowInsecureAuth, server.MaxMessageBytes = "mail.test", true, 1<<20
	server.ErrorLog = quiet{}
	if o.TLS || o.Implicit {
		certified := httptest.NewTLSServer(nil)
		t.Cleanup(certified.Close)
		s.roots = x509.NewCertPool()
		s.roots.AddCert(certified.Certificate())
		config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: certified.TLS.Certificates}
		if o.TLS {
			server.TLSConfig = config
		} else {
			l = tls.NewListener(l, config)
		}
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		close(s.done)
		_ = server.Close()
		_ = l.Close() // of which the server need not know yet
		if err := <-served; err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, smtp.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	return s
}

// Trusting are the settings of TLS that trust the server.
func (s *Server) Trusting() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: s.roots}
}

// Accepted are the mails that were accepted so far, and Tries how many were tried.
func (s *Server) Accepted() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.accepted...)
}

// Tries is how many mails somebody tried to hand over.
func (s *Server) Tries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries
}

// Answers changes what is answered from now on.
func (s *Server) Answers(fn func(before int) int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options.Answer = fn
}

// answer is what is said to the next mail.
func (s *Server) answer() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.tries
	s.tries++
	if s.options.Answer == nil {
		return nil
	}
	if code := s.options.Answer(before); code != 0 {
		return &smtp.SMTPError{Code: code, Message: "the-words-of-the-server"}
	}
	return nil
}

type session struct {
	server *Server
	known  bool
	from   string
	to     string
}

func (s *session) AuthMechanisms() []string {
	if s.server.options.Username == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != s.server.options.Username || password != s.server.options.Password {
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.known {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if s.server.options.AtData {
		return nil
	}
	return s.server.answer()
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.server.options.Hang {
		<-s.server.done
		return errors.New("the test is over")
	}
	if s.server.options.AtData {
		if err := s.server.answer(); err != nil {
			return err
		}
	}
	read, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.accepted = append(s.server.accepted, Mail{From: s.from, To: s.to, Raw: string(raw), Header: read.Header})
	return nil
}

func (s *session) Reset() { s.from, s.to = "", "" }

func (s *session) Logout() error { return nil }

// quiet drops what the server says of hostile clients.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Text is the part of a mail that is plain text, as it is read.
func (m Mail) Text(t *testing.T) string {
	t.Helper()
	return part(t, m, "text/plain")
}

// HTML is the part of a mail that is HTML, as it is read.
func (m Mail) HTML(t *testing.T) string {
	t.Helper()
	return part(t, m, "text/html")
}

// Subject is the subject as it is read.
func (m Mail) Subject(t *testing.T) string {
	t.Helper()
	subject, err := new(wordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(subject)
}

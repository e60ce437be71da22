package mail_test

import (
	"context"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/services/notifier/internal/mail"
	"github.com/bridgelog/bridgelog/services/notifier/internal/mail/mailtest"
)

func letter() mail.Letter {
	return mail.Letter{
		MessageID: "page-1@example.org", From: netmail.Address{Name: "Bridgelog", Address: "pages@example.org"},
		To: netmail.Address{Name: "Ada", Address: "ada@example.org"}, Subject: "High urgency: checkout: 5xx", Text: "text", HTML: "<p>html</p>", Urgent: true,
	}
}

// at is a server of the catalog.
func at(t *testing.T, address string, security catalog.SMTPSecurity, username string) catalog.SMTP {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return catalog.SMTP{Host: host, Port: n, Security: security, Username: username}
}

func loopback() netguard.Guard { return netguard.Guard{Allow: netguard.Loopback()} }

func TestALetterIsHandedOver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options  mailtest.Options
		security catalog.SMTPSecurity
	}{
		"in the clear, here":  {mailtest.Options{}, catalog.SMTPPlain},
		"STARTTLS":            {mailtest.Options{TLS: true}, catalog.SMTPStartTLS},
		"STARTTLS, signed in": {mailtest.Options{TLS: true, Username: "bridgelog", Password: "sesame"}, catalog.SMTPStartTLS},
		"TLS first":           {mailtest.Options{Implicit: true}, catalog.SMTPImplicitTLS},
		"TLS, signed in":      {mailtest.Options{Implicit: true, Username: "bridgelog", Password: "sesame"}, catalog.SMTPImplicitTLS},
		"signed in, here":     {mailtest.Options{Username: "bridgelog", Password: "sesame"}, catalog.SMTPPlain},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := mailtest.Start(t, c.options)
			sender := mail.Sender{Guard: loopback(), TLS: server.Trusting()}
			got := sender.Send(t.Context(), at(t, server.Address, c.security, c.options.Username), c.options.Password, letter())
			if got != (mail.Result{Accepted: true}) {
				t.Fatalf("sent: %+v", got)
			}
			all := server.Accepted()
			if len(all) != 1 || all[0].From != "pages@example.org" || all[0].To != "ada@example.org" {
				t.Fatalf("accepted %+v", all)
			}
			h := all[0].Header
			for header, want := range map[string]string{
				"Message-Id": "<page-1@example.org>", "Auto-Submitted": "auto-generated", "Precedence": "bulk", "X-Auto-Response-Suppress": "All",
				"From": `"Bridgelog" <pages@example.org>`, "To": `"Ada" <ada@example.org>`, "Importance": "high",
			} {
				if h.Get(header) != want {
					t.Errorf("%s: %q, want %q", header, h.Get(header), want)
				}
			}
			if h.Get("Date") == "" || all[0].Subject(t) != letter().Subject || strings.TrimSpace(all[0].Text(t)) != "text" || strings.TrimSpace(all[0].HTML(t)) != "<p>html</p>" {
				t.Errorf("mail\n%s", all[0].Raw)
			}
		})
	}
}

func TestWhatAServerSaysIsJudged(t *testing.T) {
	t.Parallel()
	code := func(n int) func(int) int { return func(int) int { return n } }
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for name, c := range map[string]struct {
		options        mailtest.Options
		security       catalog.SMTPSecurity
		username       string
		address        string
		reason         string
		final, trusted bool
	}{
		"the address is refused":         {options: mailtest.Options{Answer: code(550)}, security: catalog.SMTPPlain, reason: "refused", final: true},
		"the address is put off":         {options: mailtest.Options{Answer: code(450)}, security: catalog.SMTPPlain, reason: "deferred"},
		"the content is refused":         {options: mailtest.Options{Answer: code(554), AtData: true}, security: catalog.SMTPPlain, reason: "refused", final: true},
		"the content is put off":         {options: mailtest.Options{Answer: code(451), AtData: true}, security: catalog.SMTPPlain, reason: "deferred"},
		"nobody listens":                 {address: closed.Addr().String(), security: catalog.SMTPPlain, reason: "unreachable"},
		"no STARTTLS":                    {security: catalog.SMTPStartTLS, reason: "tls"},
		"no TLS":                         {security: catalog.SMTPImplicitTLS, reason: "tls"},
		"a certificate of somebody else": {options: mailtest.Options{TLS: true}, security: catalog.SMTPStartTLS, reason: "tls"},
		"TLS first, of somebody else":    {options: mailtest.Options{Implicit: true}, security: catalog.SMTPImplicitTLS, reason: "tls"},
		"a wrong password":               {options: mailtest.Options{TLS: true, Username: "bridgelog", Password: "other"}, security: catalog.SMTPStartTLS, username: "bridgelog", trusted: true, reason: "sign_in"},
		"nobody signs in there":          {options: mailtest.Options{TLS: true}, security: catalog.SMTPStartTLS, username: "bridgelog", trusted: true, reason: "sign_in"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := mailtest.Start(t, c.options)
			sender := mail.Sender{Guard: loopback()}
			if c.trusted {
				sender.TLS = server.Trusting()
			}
			address := server.Address
			if c.address != "" {
				address = c.address
			}
			got := sender.Send(t.Context(), at(t, address, c.security, c.username), "sesame", letter())
			if got.Accepted || got.Final != c.final || got.Reason != c.reason {
				t.Errorf("sent: %+v, want %s, final %v", got, c.reason, c.final)
			}
			for _, secret := range []string{"sesame", "words-of-the-server", "127.0.0.1", "ada@"} {
				if strings.Contains(got.Problem, secret) {
					t.Errorf("the problem says %q: %s", secret, got.Problem)
				}
			}
			if got.Problem == "" || len(got.Problem) > 256 || len(server.Accepted()) != 0 {
				t.Errorf("problem %q, accepted %d", got.Problem, len(server.Accepted()))
			}
		})
	}
}

func TestAHangingServerIsLeft(t *testing.T) {
	t.Parallel()
	server := mailtest.Start(t, mailtest.Options{Hang: true})
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mute.Close() })
	sender := mail.Sender{Guard: loopback(), Timeout: 300 * time.Millisecond}
	for name, address := range map[string]string{"after the content": server.Address, "from the begin": mute.Addr().String()} {
		got := sender.Send(t.Context(), at(t, address, catalog.SMTPPlain, ""), "", letter())
		if got.Accepted || got.Final || got.Reason != "timeout" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	// Whoever has to stop does not wait for it.
	ctx, cancel := context.WithCancel(t.Context())
	sender.Timeout = time.Hour
	ended := make(chan mail.Result)
	go func() { ended <- sender.Send(ctx, at(t, server.Address, catalog.SMTPPlain, ""), "", letter()) }()
	cancel()
	if got := <-ended; got.Accepted {
		t.Errorf("stopped: %+v", got)
	}
}

// A server that never stops talking is left when it has said enough.
func TestATalkativeServerIsLeft(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	said := make(chan int, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			said <- 0
			return
		}
		total := 0
		for err == nil {
			var n int
			n, err = conn.Write([]byte("220-" + strings.Repeat("x", 1000) + "\r\n"))
			total += n
		}
		said <- total
	}()
	got := (&mail.Sender{Guard: loopback(), Timeout: time.Minute}).Send(t.Context(), at(t, l.Addr().String(), catalog.SMTPPlain, ""), "", letter())
	_ = l.Close()
	if got.Accepted || got.Reason != "unreachable" {
		t.Errorf("sent: %+v", got)
	}
	if n := <-said; n > 64<<20 {
		t.Errorf("it was listened to for %d bytes", n)
	}
}

func TestOnlyAllowedAddressesAreReached(t *testing.T) {
	t.Parallel()
	server := mailtest.Start(t, mailtest.Options{})
	got := (&mail.Sender{}).Send(t.Context(), at(t, server.Address, catalog.SMTPPlain, ""), "", letter())
	if got.Accepted || got.Final || got.Reason != "forbidden" {
		t.Errorf("sent: %+v", got)
	}
	if server.Tries() != 0 {
		t.Error("it was reached")
	}
}

func ExampleMessageID() {
	fmt.Println(mail.MessageID("event", "person", "1", "example.org"))
	// Output: page-a1583e78c89b23903eb1740b8209625e@example.org
}

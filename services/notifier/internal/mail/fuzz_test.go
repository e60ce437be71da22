package mail

import (
	"bytes"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/page"
	"github.com/bridgelog/bridgelog/pkg/runbook"
)

// FuzzLettersStayInTheirLines: whatever a machine or a person says becomes neither a header
// nor an address, and makes no large letter.
func FuzzLettersStayInTheirLines(f *testing.F) {
	f.Add("5xx", "checkout", "Ada", "first\nsecond", "https://example.org")
	f.Add("a\r\nBcc: eve@example.org", "b\nTo: eve@example.org", "Ada\" <eve@example.org>,\r\n eve", "c\r\n.\r\nMAIL FROM:<eve@example.org>", "javascript:alert(1)")
	f.Add("\x00\u2028\u202e", "\xff\xfe", "=?utf-8?q?a=0d=0ab?=", "\r\r\n\n", "https://\r\nx")
	f.Fuzz(func(t *testing.T, title, service, name, text, url string) {
		l, err := Compose(About{
			EventID: "event", Requested: page.Requested{Alert: "alert", Whom: page.Whom{Service: service, Team: name}}, Name: name, Incident: title,
			Runbook: runbook.Finding{Outcome: runbook.Linked, Link: url, Name: text},
			Alert:   alert.State{Fired: alert.Fired{Title: title, GeneratorURL: url, Labels: map[string]string{title: text}, Annotations: map[string]string{"description": text}}},
			From:    netmail.Address{Name: service, Address: "pages@example.org"}, To: netmail.Address{Name: name, Address: "ada@example.org"},
		})
		if err != nil {
			t.Fatal(err)
		}
		message, err := l.message()
		if err != nil {
			t.Fatal(err)
		}
		var raw bytes.Buffer
		if _, err := message.WriteTo(&raw); err != nil {
			t.Fatal(err)
		}
		if raw.Len() > 200<<10 {
			t.Errorf("%d bytes", raw.Len())
		}
		read, err := netmail.ReadMessage(&raw)
		if err != nil {
			t.Fatalf("it cannot be read: %v", err)
		}
		for header, values := range read.Header {
			known := []string{
				"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Precedence", "Subject", "To", "X-Auto-Response-Suppress",
			}
			if !slices.Contains(known, header) || len(values) != 1 {
				t.Errorf("header %q: %q", header, values)
			}
		}
		for header, want := range map[string]string{"From": "pages@example.org", "To": "ada@example.org"} {
			if all, err := read.Header.AddressList(header); err != nil || len(all) != 1 || all[0].Address != want {
				t.Errorf("%s: %v, %v", header, all, err)
			}
		}
		if strings.Contains(l.HTML, `="javascript:`) {
			t.Errorf("a link runs something:\n%s", l.HTML)
		}
	})
}

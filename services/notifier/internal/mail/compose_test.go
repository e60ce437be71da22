package mail_test

import (
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/page"
	"github.com/bridgelog/bridgelog/pkg/runbook"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/mail"
)

func about() mail.About {
	return mail.About{
		EventID: "event", PageID: "0123456789abcdef", Person: "p1", Name: "Ada", Way: 1, Incident: "INC-41",
		Requested: page.Requested{
			Alert: "5f1c2d3e4f5a6b7c", Route: "critical", Urgency: catalogv1.Urgency_URGENCY_HIGH, Severity: incident.SEV2,
			Whom: page.Whom{Team: "payments", Service: "checkout"},
		},
		Alert: alert.State{Fired: alert.Fired{
			Source: "alertmanager", Title: "5xx above 5 %", StartsAt: time.Date(2026, 7, 2, 3, 4, 5, 0, time.UTC), GeneratorURL: "https://prometheus.example/graph?a=1&b=2",
			Labels:      map[string]string{"service": "checkout", "zone": "<b>"},
			Annotations: map[string]string{"description": "Line one\nline <two>", "runbook_url": "javascript:alert(1)"},
		}},
		From: netmail.Address{Address: "pages@example.org"}, To: netmail.Address{Address: "ada@example.org"},
	}
}

func composed(t *testing.T, a mail.About) mail.Letter {
	t.Helper()
	l, err := mail.Compose(a)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestALetterLeadsToTheRunbook that was found, and says so where there is none to open.
func TestALetterLeadsToTheRunbook(t *testing.T) {
	t.Parallel()
	for want, found := range map[string]runbook.Finding{
		"Runbook: disk\n": {Outcome: runbook.Linked, Name: "disk"},
		"\nRunbook: https://runbooks.example/disk\n": {Outcome: runbook.Linked, Link: "https://runbooks.example/disk"},
		"Runbook: none\n": {Outcome: runbook.Missing},
		"Runbook: none: the alert has only a placeholder":   {Outcome: runbook.Placeholder, Link: "https://runbooks.example/TODO"},
		"Runbook: none: the alert names \"javascript:x()\"": {Outcome: runbook.Dangling, Link: "javascript:x()"},
	} {
		a := about()
		a.Runbook = found
		l := composed(t, a)
		if strings.Count(l.Text, "Runbook: ") != 1 || !strings.Contains(l.Text, want) || strings.Contains(l.Text, "TODO") {
			t.Errorf("%+v: does not say %q:\n%s", found, want, l.Text)
		}
		if link := `href="https://runbooks`; strings.Contains(l.HTML, link) != (found.Outcome == runbook.Linked && found.Link != "") {
			t.Errorf("%+v: in HTML\n%s", found, l.HTML)
		}
		a.Hidden = true
		if l = composed(t, a); strings.Contains(l.Text, "Runbook") {
			t.Errorf("a hidden alert: %s", l.Text)
		}
	}
}

func TestALetterSaysWhatItIsAbout(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	a := about()
	a.Zone = berlin
	l := composed(t, a)
	if l.Subject != "High urgency: checkout: 5xx above 5 % (INC-41)" || !l.Urgent {
		t.Errorf("subject %q, urgent %v", l.Subject, l.Urgent)
	}
	for _, want := range []string{
		"Ada,", "5xx above 5 %", "Service: checkout", "Severity: SEV-2", "Urgency: high", "Team: payments", "Since: 2026-07-02 05:04:05 CEST", "Incident: INC-41",
		"Line one\nline <two>", "bridgelog alerts ack 5f1c2d3e\n", "bridgelog pages show 01234567\n", "https://prometheus.example/graph?a=1&b=2", "zone=<b>",
		"because you are on the team payments",
	} {
		if !strings.Contains(l.Text, want) {
			t.Errorf("the text does not say %q:\n%s", want, l.Text)
		}
	}
	for _, want := range []string{"line &lt;two&gt;", "zone=&lt;b&gt;", `href="https://prometheus.example/graph?a=1&amp;b=2"`, "bridgelog alerts ack 5f1c2d3e"} {
		if !strings.Contains(l.HTML, want) {
			t.Errorf("the HTML does not say %q:\n%s", want, l.HTML)
		}
	}
	for _, never := range []string{"javascript:", "<b>", "<img", "<script", "src="} {
		if strings.Contains(l.HTML, never) {
			t.Errorf("the HTML says %q:\n%s", never, l.HTML)
		}
	}
	if again := composed(t, a); again.MessageID != l.MessageID {
		t.Errorf("sent again it is %s, not %s", again.MessageID, l.MessageID)
	}
	for name, change := range map[string]func(*mail.About){
		"another event": func(a *mail.About) { a.EventID = "other" }, "another person": func(a *mail.About) { a.Person = "p2" }, "another way": func(a *mail.About) { a.Way = 2 },
	} {
		b := about()
		change(&b)
		if composed(t, b).MessageID == l.MessageID {
			t.Errorf("%s has the same Message-ID", name)
		}
	}
}

func TestALetterOfWhatIsHidden(t *testing.T) {
	t.Parallel()
	a := about()
	a.Hidden = true
	l := composed(t, a)
	for _, secret := range []string{"5xx", "checkout", "INC-41", "Line one", "prometheus", "critical", "SEV-2"} {
		if strings.Contains(l.Subject+l.Text+l.HTML, secret) {
			t.Errorf("it says %q:\n%s\n%s", secret, l.Subject, l.Text)
		}
	}
	if !strings.Contains(l.Text, "bridgelog alerts ack 5f1c2d3e") {
		t.Errorf("it does not say what to do:\n%s", l.Text)
	}
}

func TestALetterAboutLittle(t *testing.T) {
	t.Parallel()
	a := mail.About{Requested: page.Requested{Alert: "5f1c"}, To: netmail.Address{Address: "ada@example.org"}, From: netmail.Address{Address: "pages@example.org"}}
	l := composed(t, a)
	if l.Subject != "An alert" || !strings.Contains(l.Text, "alerts ack 5f1c\n") || strings.Contains(l.Text, "Since:") {
		t.Errorf("%q\n%s", l.Subject, l.Text)
	}
}

func TestLettersAreBounded(t *testing.T) {
	t.Parallel()
	a := about()
	long := strings.Repeat("é\r\nBcc: eve@example.org\r\n", 100_000)
	a.Name, a.Alert.Fired.Title, a.Alert.Fired.GeneratorURL, a.Requested.Team, a.Requested.Service = long, long, "https://x/"+strings.Repeat("y", 100_000), long, long
	a.Alert.Fired.Annotations["description"] = long
	for _, name := range strings.Split(long, "é")[:2000] {
		a.Alert.Fired.Labels[name+long[:len(a.Alert.Fired.Labels)]] = long
	}
	l := composed(t, a)
	if n := len(l.Subject) + len(l.Text) + len(l.HTML); n > 64<<10 {
		t.Errorf("%d bytes", n)
	}
	if strings.ContainsAny(l.Subject, "\r\n") {
		t.Errorf("the subject has lines: %q", l.Subject)
	}
}

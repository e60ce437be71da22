package e2e_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/test/system"
)

// mailed is a team that is paged by mail.
const mailed = `
{kind: person, name: ada, spec: {display_name: Ada Lovelace, email: ada@example.org}}
---
{kind: team, name: payments, spec: {members: [ada]}}
---
{kind: integration, name: mail, spec: {type: smtp, url: "smtp://%s", settings: {from: "Bridgelog <pages@example.org>", username: %s}, secrets: {password: "file:%s"}}}
---
{kind: route, name: page, spec: {match: {severity: critical}, action: page, team: payments, severity: SEV-2}}
`

// pagedSystem is a system that mails pages through a mailbox.
func pagedSystem(t *testing.T) (*system.System, *system.Mailbox) {
	t.Helper()
	box := system.OpenMailbox(t)
	s := system.Up(t, system.Options{})
	s.Stop(t)
	s.Env("SSL_CERT_FILE=" + box.Roots)
	s.Start(t)
	dir := t.TempDir()
	password := write(t, dir, "password", system.MailboxPassword+"\n")
	s.Do(t, "apply", "-f", write(t, dir, "mail.yaml", fmt.Sprintf(mailed, box.Address, system.MailboxUser, password)))
	return s, box
}

// tells sends what an Alertmanager says of one alert.
func tells(t *testing.T, s *system.System, token, status string) {
	t.Helper()
	ends := `"endsAt": "0001-01-01T00:00:00Z"`
	if status == "resolved" {
		ends = `"endsAt": "2026-01-02T11:00:00Z"`
	}
	body := `{"version": "4", "groupKey": "g", "alerts": [{"status": "` + status + `", "fingerprint": "f1", "startsAt": "2026-01-02T10:00:00Z", ` + ends + `,
		"labels": {"alertname": "CheckoutDown", "severity": "critical"}, "annotations": {"summary": "Checkout returns 502"}}]}`
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Endpoints.Intake+"/hooks/alertmanager/"+token, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode/100 != 2 {
		t.Fatalf("the alert was answered by %s", answer.Status)
	}
}

// shownPage is a page as `pages list` answers.
type shownPage struct {
	ID, State, Alert string
	People           []struct {
		Name string
		Ways []struct {
			Type, Integration, State, Reason string
			Attempts                         int
		}
	}
}

// onlyPage is the only page there is, once there is one.
func onlyPage(t *testing.T, s *system.System) (shownPage, bool) {
	t.Helper()
	var list struct{ Pages []shownPage }
	s.JSON(t, &list, "pages", "list")
	if len(list.Pages) != 1 || len(list.Pages[0].People) != 1 || len(list.Pages[0].People[0].Ways) != 1 {
		return shownPage{}, false
	}
	return list.Pages[0], true
}

// TestAPageReachesAPerson from an alert to a mail and, by the command that the mail names,
// back.
func TestAPageReachesAPerson(t *testing.T) {
	t.Parallel()
	s, box := pagedSystem(t)
	var made struct {
		Token string `json:"token"`
	}
	s.JSON(t, &made, "token", "create", "alertmanager", "--role", "responder")
	tells(t, s, made.Token, "firing")
	var one shownPage
	eventually(t, func() (bool, string) {
		page, ok := onlyPage(t, s)
		one = page
		return ok && page.People[0].Ways[0].State == "delivered" && page.State == "calling", fmt.Sprintf("a page that is delivered; it is %+v", page)
	})
	mails := box.Accepted()
	if len(mails) != 1 || mails[0].To != "ada@example.org" {
		t.Fatalf("mails %+v", mails)
	}
	if subject := mails[0].Header.Get("Subject"); subject != "High urgency: CheckoutDown: Checkout returns 502" {
		t.Errorf("subject %q", subject)
	}
	ack := "bridgelog alerts ack " + one.Alert[:8]
	if !strings.Contains(mails[0].Raw, ack) {
		t.Fatalf("the mail does not say %q:\n%s", ack, mails[0].Raw)
	}
	if shown := s.Do(t, "pages", "show", one.ID); !strings.Contains(shown, "the mail server accepted it") || !strings.Contains(shown, "delivered") {
		t.Errorf("pages show says\n%s", shown)
	}
	s.Do(t, strings.Fields(ack)[1:]...)
	eventually(t, func() (bool, string) {
		page, _ := onlyPage(t, s)
		return page.State == "acknowledged", "the page to be acknowledged; it is " + page.State
	})
	tells(t, s, made.Token, "resolved")
	eventually(t, func() (bool, string) {
		page, _ := onlyPage(t, s)
		return page.State == "ended", "the page to be over; it is " + page.State
	})
	if len(box.Accepted()) != 1 {
		t.Errorf("%d mails", len(box.Accepted()))
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
}

// TestAPageThatTheServerPutsOff is shown as such, and goes out when it may.
func TestAPageThatTheServerPutsOff(t *testing.T) {
	t.Parallel()
	s, box := pagedSystem(t)
	box.Refuse(451)
	var made struct {
		Token string `json:"token"`
	}
	s.JSON(t, &made, "token", "create", "alertmanager", "--role", "responder")
	tells(t, s, made.Token, "firing")
	eventually(t, func() (bool, string) {
		page, ok := onlyPage(t, s)
		return ok && page.People[0].Ways[0].State == "attempted" && page.People[0].Ways[0].Reason == "deferred", fmt.Sprintf("an attempt; it is %+v", page)
	})
	box.Refuse(0)
	eventually(t, func() (bool, string) {
		page, ok := onlyPage(t, s)
		return ok && page.People[0].Ways[0].State == "delivered" && page.People[0].Ways[0].Attempts > 1, fmt.Sprintf("a page that is delivered; it is %+v", page)
	})
}

// TestAMailServerIsCheckedWhenItIsApplied says what is wrong, and where.
func TestAMailServerIsCheckedWhenItIsApplied(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	dir := t.TempDir()
	r := s.Try(t, "apply", "-f", write(t, dir, "mail.yaml", `{kind: integration, name: mail, spec: {type: smtp, url: "https://mail.example.org", settings: {username: u}}}`))
	for _, want := range []string{"spec.url", "smtp://mail.example.org:587", "spec.settings.from", "spec.secrets.password"} {
		if r.Code != 2 || !strings.Contains(r.Stderr, want) {
			t.Errorf("apply does not say %q: %s", want, r)
		}
	}
}

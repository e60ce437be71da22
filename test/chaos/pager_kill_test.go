package chaos_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

// pagerPrefix begins the points between a page and what came of it in the log.
const pagerPrefix = "pager."

// mailPage lets every alert page a team by mail.
const mailPage = `
{kind: person, name: ada, spec: {email: ada@example.org}}
---
{kind: team, name: payments, spec: {members: [ada]}}
---
{kind: integration, name: mail, spec: {type: smtp, url: "smtp://%s", settings: {from: pages@example.org, username: %s, tls: none}, secrets: {password: "file:%s"}}}
---
{kind: route, name: page, spec: {team: payments, action: page}}
`

// TestMailingIsKilledAtEveryPoint kills the whole process with SIGKILL at each named point
// between a page and what came of it in the log. Afterwards the person was told by mail, under
// one Message-ID however often, and the log says so once.
func TestMailingIsKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	box := system.OpenMailbox(t)
	s := system.Up(t, system.Options{})
	dir := t.TempDir()
	password, file := filepath.Join(dir, "password"), filepath.Join(dir, "mail.yaml")
	for path, content := range map[string]string{
		password: system.MailboxPassword, file: fmt.Sprintf(mailPage, box.Address, system.MailboxUser, password),
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.Do(t, "apply", "-f", file)
	points := slices.DeleteFunc(failpoint.Names(), func(name string) bool { return !strings.HasPrefix(name, pagerPrefix) })
	if len(points) != 4 {
		t.Fatalf("%d points to kill at, want 4: %v", len(points), points)
	}
	for _, point := range points {
		t.Run(point, func(t *testing.T) { mailingKilledAt(t, s, box, point) })
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
	if rebuilt := s.Do(t, "rebuild", "pages"); !strings.Contains(rebuilt, "none differed") {
		t.Errorf("the view of pages is not what the log says: %s", rebuilt)
	}
	if again := len(box.Accepted()); again > 2*len(points) {
		t.Errorf("%d mails of %d pages", again, len(points))
	}
}

func mailingKilledAt(t *testing.T, s *system.System, box *system.Mailbox, point string) {
	before := len(box.Accepted())
	arm(t, s, point)
	died := false
	for !accepted(t, s, payload(t, point, tell(point, point, true))) {
		died = restart(t, s)
	}
	if !died {
		restart(t, s)
	}
	conn := reach(t, s)
	alerts := awaitAlerts(t, signalv1.NewAlertViewServiceClient(conn), &signalv1.ListAlertsRequest{Labels: map[string]string{"alertname": point}}, 1)
	client := signalv1.NewPageViewServiceClient(conn)
	eventually(t, "the page is delivered", func() bool {
		list, err := client.ListPages(within(t), &signalv1.ListPagesRequest{Alert: alerts[0].GetId()})
		if err != nil || len(list.GetPages()) != 1 {
			return false
		}
		way := list.GetPages()[0].GetPeople()[0].GetWays()[0]
		return way.GetState() == signalv1.PageWayState_PAGE_WAY_STATE_DELIVERED
	})
	ids := map[string]bool{}
	for _, m := range box.Accepted()[before:] {
		ids[m.Header.Get("Message-Id")] = true
	}
	if len(ids) != 1 {
		t.Errorf("Message-IDs %v, want one", ids)
	}
	for !accepted(t, s, payload(t, point, tell(point, point, false))) {
		t.Fatal("the process died again")
	}
	eventually(t, "the page is over", func() bool {
		list, err := client.ListPages(within(t), &signalv1.ListPagesRequest{Alert: alerts[0].GetId()})
		return err == nil && list.GetPages()[0].GetState() == signalv1.PageState_PAGE_STATE_ENDED
	})
}

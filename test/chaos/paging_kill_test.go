package chaos_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	_ "github.com/bridgelog/bridgelog/services/command"  // declares its points
	_ "github.com/bridgelog/bridgelog/services/intake"   // declares its points
	_ "github.com/bridgelog/bridgelog/services/timeline" // declares its points
	"github.com/bridgelog/bridgelog/test/system"
)

// Beginnings of the points between an alert and the row of its page.
const (
	pagingPrefix   = "paging."
	pageViewPrefix = "pageview."
)

// routePage lets every alert page a team.
const routePage = `
{kind: person, name: ada, spec: {email: ada@example.org}}
---
{kind: team, name: payments, spec: {members: [ada]}}
---
{kind: route, name: page, spec: {team: payments, action: page}}
`

// TestPagesKilledAtEveryPoint kills the whole process with SIGKILL at each named point
// between an alert and the row of its page. The sender repeats what was not answered.
// Afterwards each alert has paged once, its page is over, and the view is what the log says.
func TestPagesKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	file := filepath.Join(t.TempDir(), "page.yaml")
	if err := os.WriteFile(file, []byte(routePage), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Do(t, "apply", "-f", file)
	points := slices.DeleteFunc(failpoint.Names(), func(name string) bool {
		return !strings.HasPrefix(name, pagingPrefix) && !strings.HasPrefix(name, pageViewPrefix)
	})
	if len(points) != 5 {
		t.Fatalf("%d points to kill at, want 5: %v", len(points), points)
	}
	for _, point := range points {
		t.Run(point, func(t *testing.T) { pageKilledAt(t, s, point) })
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
	if rebuilt := s.Do(t, "rebuild", "pages"); !strings.Contains(rebuilt, "none differed") {
		t.Errorf("the view of pages is not what the log says: %s", rebuilt)
	}
}

func pageKilledAt(t *testing.T, s *system.System, point string) {
	arm(t, s, point)
	died := false
	for _, body := range [][]byte{payload(t, point, tell(point, point, true)), payload(t, point, tell(point, point, false))} {
		for !accepted(t, s, body) {
			died = restart(t, s) || died
		}
	}
	if !died {
		restart(t, s)
	}
	conn := reach(t, s)
	alerts := awaitAlerts(t, signalv1.NewAlertViewServiceClient(conn), &signalv1.ListAlertsRequest{Labels: map[string]string{"alertname": point}}, 1)
	client := signalv1.NewPageViewServiceClient(conn)
	eventually(t, "one page that is over", func() bool {
		list, err := client.ListPages(within(t), &signalv1.ListPagesRequest{Alert: alerts[0].GetId()})
		if err != nil {
			return false
		}
		pages := list.GetPages()
		return len(pages) == 1 && pages[0].GetState() == signalv1.PageState_PAGE_STATE_ENDED && pages[0].GetTeam() == "payments"
	})
}

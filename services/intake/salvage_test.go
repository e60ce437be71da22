package intake_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

const declareRoute = `
kind: Service
name: checkout
spec: {display_name: The Shop}
---
kind: Route
name: declare
spec: {source: opsgenie, action: declare, service: "{{service}}", severity: SEV-2}
`

// TestWhateverAServiceIsCalledAnIncidentIsDeclared: what is no name is left out.
func TestWhateverAServiceIsCalledAnIncidentIsDeclared(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, declareRoute)...)
	called := map[string]string{
		"a line":         `checkout\n`,
		"space":          ` checkout\t`,
		"two lines":      `check\nout`,
		"another case":   `CheckOut`,
		"a display name": `the shop `,
		"too long":       strings.Repeat("x", 200),
		"unknown":        ` billing`,
	}
	for title, service := range called {
		s.ask("/v2/alerts", `{"message":"`+title+`","alias":"`+title+`","details":{"service":"`+service+`"}}`)
	}
	want := map[string]string{
		"a line": "checkout", "space": "checkout", "two lines": "", "another case": "checkout", "a display name": "checkout", "too long": "",
		"unknown": "billing",
	}
	got := s.handled("m1")
	if len(got) != len(want) {
		t.Errorf("%d incidents, want %d", len(got), len(want))
	}
	for _, one := range got {
		if services := strings.Join(one.Services(), ","); services != want[one.Title] {
			t.Errorf("%s: services %q, want %q", one.Title, services, want[one.Title])
		}
	}
	s.until("each alert has its incident", func([]incident.State) bool {
		alerts := s.incidentsOf()
		return strings.Count(alerts, ":") == len(want) && !strings.Contains(alerts, ": ") && !strings.Contains(alerts, ":]")
	})
}

// TestARefusedAlertIsListedAndItsSignalReplayed: no incident can be declared for it, so the
// alert is in the log without one, and an admin finds the signal with the reason.
func TestARefusedAlertIsListedAndItsSignalReplayed(t *testing.T) {
	s := newSystem(t)
	secret, admin := incidentlogtest.Token(t, "admin", authv1.AccountRole_ACCOUNT_ROLE_ADMIN)
	incidentlogtest.Apply(t, s.log, s.catalog, append(incidentlogtest.YAML(t, declareRoute), admin)...)
	refuse := func(err error) {
		s.commands.mu.Lock()
		defer s.commands.mu.Unlock()
		s.commands.refuses = err
	}
	unread := func() (found []struct{ ID, Source, Reason string }) {
		t.Helper()
		sender := s.token
		s.token = secret
		defer func() { s.token = sender }()
		code, answer := s.get("/signals")
		var list struct {
			Signals []struct{ ID, Source, Reason string }
		}
		if err := json.Unmarshal([]byte(answer), &list); err != nil || code != http.StatusOK {
			t.Fatalf("answered %d %s", code, answer)
		}
		return list.Signals
	}
	refuse(status.Error(codes.InvalidArgument, "the title is a riddle"))
	s.ask("/v2/alerts", `{"message":"Disk full","alias":"disk"}`)
	for deadline := time.Now().Add(patience); s.incidentsOf() != "map[Disk full:]"; <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("alerts %s", s.incidentsOf())
		}
	}
	list := unread()
	if len(list) != 1 || list[0].Source != "opsgenie" || !strings.Contains(list[0].Reason, "riddle") || !strings.Contains(list[0].Reason, "declare --from-alert") {
		t.Fatalf("set aside: %+v", list)
	}
	refuse(nil)
	sender := s.token
	s.token = secret
	if code, answer := s.sendJSON("/signals/"+list[0].ID+"/replay", ""); code != http.StatusAccepted {
		t.Fatalf("answered %d %s", code, answer)
	}
	s.token = sender
	if got := s.handled("m1"); len(got) != 0 || s.alerts() != "map[Disk full ended=false acked=false notes=0:1]" || len(unread()) != 0 {
		t.Errorf("after the replay: incidents %+v, alerts %s, unread %+v", got, s.alerts(), unread())
	}
	s.ask("/v2/alerts/disk/close?identifierType=alias", `{}`)
	if s.handled("m2"); s.alerts() != "map[Disk full ended=true acked=false notes=0:1]" {
		t.Errorf("after its end: %s", s.alerts())
	}
}

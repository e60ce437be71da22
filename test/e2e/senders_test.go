package e2e_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

// knocks sends a request to the doors and returns the answer.
func knocks(t *testing.T, s *system.System, method, path, body string, headers ...string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, s.Endpoints.Intake+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// TestWhatTheGuidesSendIsUnderstood sends the payloads that the guides show for senders to
// their doors, as the guides say.
func TestWhatTheGuidesSendIsUnderstood(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	token := s.Endpoints.Token
	for _, c := range []struct {
		guide, file, path string
		headers           []string
	}{
		{"alerts.md", "event-v2.json", "/v2/enqueue", nil},
		{"alerts.md", "event-v1.json", "/generic/2010-04-15/create_event.json", nil},
		{"alerts.md", "opsgenie-alert.json", "/v2/alerts", []string{"Authorization", "GenieKey " + token}},
		{"alerts.md", "cloudevent.json", "/hooks/cloudevents/" + token, []string{"Content-Type", "application/cloudevents+json"}},
		{"alerts.md", "cloudevents.json", "/hooks/cloudevents/" + token, []string{"Content-Type", "application/cloudevents-batch+json"}},
		{"changes.md", "change-event.json", "/v2/change/enqueue", nil},
	} {
		body := strings.ReplaceAll(guideFile(t, c.guide, c.file), "TOKEN", token)
		if code, text := knocks(t, s, http.MethodPost, c.path, body, c.headers...); code/100 != 2 {
			t.Errorf("%s: %d %s", c.file, code, text)
		}
	}
	if code, text := knocks(t, s, http.MethodPost, "/hooks/cloudevents/"+token, `{"title": "Disk full on db-1"}`, "Content-Type", "application/json",
		"ce-specversion", "1.0", "ce-id", "1", "ce-source", "/probes/db-1", "ce-subject", "disk", "ce-type", "example.disk.firing"); code != http.StatusAccepted {
		t.Errorf("a CloudEvent in binary form: %d %s", code, text)
	}
	until(t, s, "Deploy checkout v42", "change", "list")
	count := func() int {
		var list struct {
			Alerts []struct{ Title string } `json:"alerts"`
		}
		if err := json.Unmarshal([]byte(s.Do(t, "alerts", "list", "--open", "-o", "json")), &list); err != nil {
			t.Fatal(err)
		}
		return len(list.Alerts)
	}
	// One of PagerDuty's key, whichever version says so, one of Opsgenie's alias, one of the
	// CloudEvents' source and subject.
	for deadline := time.Now().Add(time.Minute); count() != 3; {
		if time.Now().After(deadline) {
			t.Fatalf("open alerts:\n%s", s.Do(t, "alerts", "list", "--open"))
		}
	}
	if unread := s.Do(t, "intake", "list", "--intake", s.Endpoints.Intake); !strings.Contains(unread, "Everything that came could be understood") {
		t.Errorf("not understood:\n%s", unread)
	}
}

// TestHeartbeatsOverGRPC ping as typed message, as JSON and by the command.
func TestHeartbeatsOverGRPC(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	s.Do(t, "apply", "-f", write(t, t.TempDir(), "heartbeat.yaml", "kind: Heartbeat\nname: nightly\nspec: {interval: 24h}\n"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if got := s.Do(t, "heartbeat", "list", "--intake", s.Endpoints.Intake); !strings.Contains(got, "waiting") {
		t.Errorf("before: %s", got)
	}
	client := signals(t, s.Endpoints.GRPC, s.Endpoints.Token)
	if _, err := client.RecordHeartbeat(ctx, &signalv1.RecordHeartbeatRequest{Heartbeat: "nightly"}); err != nil {
		t.Fatal(err)
	}
	if got := s.Do(t, "heartbeat", "list", "--intake", s.Endpoints.Intake); !strings.Contains(got, "up") {
		t.Errorf("after: %s", got)
	}
	if code, body := postJSON(ctx, t, s, "RecordHeartbeat", s.Endpoints.Token, `{"heartbeat": "nightly"}`); code != http.StatusOK {
		t.Errorf("as JSON: %d %s", code, body)
	}
	if got := s.Do(t, "heartbeat", "ping", "nightly"); !strings.Contains(got, "heartbeat nightly pinged") {
		t.Errorf("by the command: %s", got)
	}
	if r := s.Try(t, "heartbeat", "ping", "hourly"); r.Code != 3 {
		t.Errorf("one that there is not: %s", r)
	}
	for name, c := range map[string]struct {
		token, heartbeat string
		code             codes.Code
	}{
		"nobody":      {"", "nightly", codes.Unauthenticated},
		"no such":     {s.Endpoints.Token, "hourly", codes.NotFound},
		"no name":     {s.Endpoints.Token, "", codes.InvalidArgument},
		"not a name":  {s.Endpoints.Token, "a b", codes.InvalidArgument},
		"a responder": {tokenOf(t, s, "job", "responder"), "nightly", codes.OK},
		"a viewer":    {tokenOf(t, s, "wall", "viewer"), "nightly", codes.PermissionDenied},
	} {
		_, err := signals(t, s.Endpoints.GRPC, c.token).RecordHeartbeat(ctx, &signalv1.RecordHeartbeatRequest{Heartbeat: c.heartbeat})
		if status.Code(err) != c.code {
			t.Errorf("%s: %v, want %v", name, err, c.code)
		}
	}
}

// tokenOf makes a token with a role.
func tokenOf(t *testing.T, s *system.System, name, role string) string {
	t.Helper()
	var made struct{ Token string }
	if text := s.Do(t, "token", "create", name, "--role", role, "-o", "json"); json.Unmarshal([]byte(text), &made) != nil || made.Token == "" {
		t.Fatalf("made %s", text)
	}
	return made.Token
}

// TestOpsgeniesClientsManageHeartbeats where the team lets them, and nowhere else.
func TestOpsgeniesClientsManageHeartbeats(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	responder := tokenOf(t, s, "terraform", "responder")
	s.Do(t, "apply", "-f", write(t, t.TempDir(), "sender.yaml", guideFile(t, "alerts.md", "heartbeat-sender.yaml")))
	s.Do(t, "apply", "-f", write(t, t.TempDir(), "heartbeat.yaml", "kind: Heartbeat\nname: filed\nspec: {interval: 1h}\n"))
	const own, backup = "/hooks/opsgenie/terraform", `{"name":"backup","interval":1,"intervalUnit":"days","enabled":true,"alertMessage":"No backup","alertPriority":"P2"}`
	do := func(token, method, path, body string, want int, says string) {
		t.Helper()
		code, text := knocks(t, s, method, path, body, "Authorization", "GenieKey "+token, "Content-Type", "application/json")
		if code != want || !strings.Contains(text, says) {
			t.Errorf("%s %s: %d %s, want %d with %q", method, path, code, text, want, says)
		}
	}
	do(responder, "POST", "/v2/heartbeats", backup, 403, "manages_heartbeats")
	do(responder, "POST", own+"/v2/heartbeats", backup, 201, `"interval":1,"intervalUnit":"days"`)
	do(responder, "POST", own+"/v2/heartbeats", backup, 201, `"name":"backup"`)
	do(responder, "POST", own+"/v2/heartbeats", strings.Replace(backup, "1", "2", 1), 422, "already")
	do(responder, "POST", own+"/v2/heartbeats", strings.Replace(backup, `"backup"`, `"the backup"`, 1), 422, "name")
	do(responder, "PATCH", own+"/v2/heartbeats/backup", `{"interval":12,"intervalUnit":"hours","description":"nightly"}`, 200, `"enabled":true`)
	do(responder, "GET", "/v2/heartbeats/backup", "", 200, `"interval":12,"intervalUnit":"hours"`)
	do(responder, "POST", own+"/v2/heartbeats/backup/disable", "", 200, `"enabled":false`)
	do(responder, "POST", own+"/v2/heartbeats/backup/enable", "", 200, `"enabled":true`)
	do(responder, "POST", "/v2/heartbeats/backup/ping", "", 202, "PONG")
	do(responder, "GET", "/v2/heartbeats", "", 200, `"name":"backup"`)
	do(responder, "DELETE", own+"/v2/heartbeats/filed", "", 403, "from a file")
	do(s.Endpoints.Token, "POST", "/v2/heartbeats/filed/disable", "", 200, `"enabled":false`)
	if got := s.Do(t, "get", "heartbeat", "backup"); !strings.Contains(got, "No backup") || !strings.Contains(got, "priority:P2") {
		t.Errorf("the resource:\n%s", got)
	}
	do(responder, "DELETE", "/v2/heartbeats/backup", "", 403, "manages_heartbeats")
	do(responder, "DELETE", own+"/v2/heartbeats/backup", "", 200, "Deleted")
	do(responder, "GET", "/v2/heartbeats/backup", "", 404, "no such heartbeat")
	if got := s.Do(t, "history", "heartbeat", "backup"); !strings.Contains(got, "terraform") {
		t.Errorf("it is not said who changed it:\n%s", got)
	}
}

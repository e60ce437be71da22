package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/bridgelog/bridgelog/pkg/rpc"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/test/docs"
	"github.com/bridgelog/bridgelog/test/system"
)

const callsCatalog = `kind: service
name: checkout
spec: {}
---
kind: route
name: checkout
spec: {source: api, match: {service: checkout}, service: "{{service}}", severity: SEV-2, action: declare}
`

// TestProgramsSendOverGRPC sends what the guide shows, over gRPC and as JSON: the alert
// declares an incident once and its end resolves it, and a change is recorded.
func TestProgramsSendOverGRPC(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	s.Do(t, "apply", "-f", write(t, t.TempDir(), "catalog.yaml", callsCatalog))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	shown := guideFile(t, "alerts.md", "alerts.json")
	var firing signalv1.SendAlertsRequest
	if err := protojson.Unmarshal([]byte(shown), &firing); err != nil {
		t.Fatal(err)
	}
	client := signals(t, s.Endpoints.GRPC, s.Endpoints.Token)
	answer, err := client.SendAlerts(ctx, &firing)
	if err != nil || answer.GetSignalId() == "" {
		t.Fatalf("answered %v, %v", answer, err)
	}
	if code, body := postJSON(ctx, t, s, "SendAlerts", s.Endpoints.Token, shown); code != http.StatusOK || !strings.Contains(body, "signalId") {
		t.Fatalf("as JSON: %d %s", code, body)
	}
	until(t, s, "Disk full on db-1", "list")
	end := signalv1.SendAlertsRequest{Alerts: []*signalv1.SentAlert{firing.GetAlerts()[0]}}
	end.Alerts[0].State = signalv1.SentAlertState_SENT_ALERT_STATE_RESOLVED
	if _, err := client.SendAlerts(ctx, &end); err != nil {
		t.Fatal(err)
	}
	until(t, s, "resolved", "show", "INC-1")
	if incidents := s.Do(t, "list", "--all"); strings.Contains(incidents, "INC-2") {
		t.Errorf("more than one incident:\n%s", incidents)
	}
	const change = `{"changes":[{"key":"42","title":"Deploy checkout v43","kind":"CHANGE_KIND_DEPLOYMENT","outcome":"CHANGE_OUTCOME_SUCCEEDED","service":"checkout"}]}`
	if code, body := postJSON(ctx, t, s, "SendChanges", s.Endpoints.Token, change); code != http.StatusOK {
		t.Fatalf("a change as JSON: %d %s", code, body)
	}
	until(t, s, "Deploy checkout v43", "change", "list")
}

// TestCallsOfProgramsAreRefused holds what programs are told that may not send, or send
// what cannot be.
func TestCallsOfProgramsAreRefused(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	alert := func() *signalv1.SendAlertsRequest {
		return &signalv1.SendAlertsRequest{Alerts: []*signalv1.SentAlert{{
			Fingerprint: "f", State: signalv1.SentAlertState_SENT_ALERT_STATE_FIRING, Title: "T",
		}}}
	}
	unnamed := alert()
	unnamed.Alerts[0].Fingerprint = ""
	for name, c := range map[string]struct {
		token   string
		request *signalv1.SendAlertsRequest
		code    codes.Code
		field   string
	}{
		"without a token": {"", alert(), codes.Unauthenticated, ""},
		"nothing":         {s.Endpoints.Token, &signalv1.SendAlertsRequest{}, codes.InvalidArgument, "alerts"},
		"without a key":   {s.Endpoints.Token, unnamed, codes.InvalidArgument, "alerts[0].fingerprint"},
	} {
		_, err := signals(t, s.Endpoints.GRPC, c.token).SendAlerts(ctx, c.request)
		if status.Code(err) != c.code || rpc.FailureOf(err).Field != c.field {
			t.Errorf("%s: %v of %q, want %v of %q", name, err, rpc.FailureOf(err).Field, c.code, c.field)
		}
	}
	if code, body := postJSON(ctx, t, s, "SendChanges", s.Endpoints.Token, `{"changes":[{"key":"1","title":"T"}]}`); code != http.StatusBadRequest || !strings.Contains(body, "changes[0].outcome") {
		t.Errorf("a change that does not say how far it came: %d %s", code, body)
	}
}

func signals(t *testing.T, server, token string) signalv1.SignalServiceClient {
	t.Helper()
	conn, err := rpc.Dial(server, token)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return signalv1.NewSignalServiceClient(conn)
}

// postJSON makes a call as JSON.
func postJSON(ctx context.Context, t *testing.T, s *system.System, method, token, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Endpoints.API+"/signal.v1.SignalService/"+method, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var said bytes.Buffer
	if _, err := said.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(said.Bytes()) {
		t.Fatalf("answered no JSON: %s", said.String())
	}
	return answer.StatusCode, said.String()
}

// guideFile is a file that a guide shows.
func guideFile(t *testing.T, guide, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "guides", guide))
	if err != nil {
		t.Fatal(err)
	}
	blocks, err := docs.Blocks(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		if b.File == name {
			return b.Text
		}
	}
	t.Fatalf("%s shows no %s", guide, name)
	return ""
}

// until waits for a command to print something.
func until(t *testing.T, s *system.System, want string, args ...string) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	printed := ""
	for !strings.Contains(printed, want) {
		if time.Now().After(deadline) {
			t.Fatalf("%v never says %q:\n%s", args, want, printed)
		}
		printed = s.Try(t, args...).Stdout
	}
}

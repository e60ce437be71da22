package rpc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// service answers notes by their text: an echo, a panic, or an error of ours.
type service struct {
	incidentv1.UnimplementedCommandServiceServer
}

func (service) AddNote(ctx context.Context, r *incidentv1.AddNoteRequest) (*incidentv1.AddNoteResponse, error) {
	switch r.GetText() {
	case "panic":
		panic("secret of the server")
	case "leak":
		return nil, io.ErrUnexpectedEOF
	}
	p, _ := auth.FromContext(ctx)
	return &incidentv1.AddNoteResponse{Result: &incidentv1.WriteResult{IncidentId: p.ID, RequestId: r.GetRequestId()}}, nil
}

func (service) ImportIncidents(context.Context, *incidentv1.ImportIncidentsRequest) (*incidentv1.ImportIncidentsResponse, error) {
	return &incidentv1.ImportIncidentsResponse{}, nil
}

// anyone lets in whoever says their role.
type anyone struct{}

func (anyone) Authenticate(_ context.Context, authorization string) (auth.Principal, error) {
	switch authorization {
	case "Bearer manager":
		return auth.Principal{ID: "m", Role: authv1.AccountRole_ACCOUNT_ROLE_MANAGER}, nil
	case "Bearer viewer":
		return auth.Principal{ID: "v", Role: authv1.AccountRole_ACCOUNT_ROLE_VIEWER}, nil
	}
	return auth.Principal{}, auth.ErrNoCredentials
}

// serve runs a server and returns its address and what it logs.
func serve(t *testing.T) (address string, logged *safeBuffer) {
	t.Helper()
	logged = &safeBuffer{}
	s, err := rpc.New(rpc.Options{
		Authenticator: anyone{}, Logger: slog.New(slog.NewJSONHandler(logged, nil)), Metrics: prometheus.NewRegistry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	incidentv1.RegisterCommandServiceServer(s, service{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := rpc.Serve(ctx, s, l); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	return l.Addr().String(), logged
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func dial(t *testing.T, address, token string) *grpc.ClientConn {
	t.Helper()
	conn, err := rpc.Dial(address, token)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestAPanicTellsTheCallerNothing(t *testing.T) {
	address, logged := serve(t)
	c := incidentv1.NewCommandServiceClient(dial(t, address, "manager"))
	_, err := c.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "1", Text: "panic"})
	if f := rpc.FailureOf(err); f.Code != "internal" || strings.Contains(f.Message, "secret") {
		t.Errorf("got %+v", f)
	}
	if !strings.Contains(logged.String(), "secret of the server") || !strings.Contains(logged.String(), "server_test.go") {
		t.Errorf("the log lacks the panic or its stack: %s", logged.String())
	}
	_, err = c.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "1", Text: "leak"})
	if f := rpc.FailureOf(err); f.Code != "internal" || strings.Contains(f.Message, "EOF") {
		t.Errorf("got %+v", f)
	}
	if _, err := c.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "1", Text: "fine"}); err != nil {
		t.Errorf("after a panic the server answers %v", err)
	}
}

func TestRequestsAreValidatedBehindTheGuard(t *testing.T) {
	address, _ := serve(t)
	_, err := incidentv1.NewCommandServiceClient(dial(t, address, "manager")).AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "1"})
	if f := rpc.FailureOf(err); f.Code != "invalid_argument" || f.Field != "text" || f.Reason != "invalid_field" {
		t.Errorf("got %+v, want an invalid text", f)
	}
	_, err = incidentv1.NewCommandServiceClient(dial(t, address, "viewer")).AddNote(t.Context(), &incidentv1.AddNoteRequest{})
	if f := rpc.FailureOf(err); f.Reason != "role_too_low" {
		t.Errorf("a viewer got %+v, want to be refused before", f)
	}
}

func TestLimitsOfRequests(t *testing.T) {
	address, _ := serve(t)
	c := incidentv1.NewCommandServiceClient(dial(t, address, "manager"))
	large := strings.Repeat("x", 2<<20)
	_, err := c.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "1", Text: large})
	if f := rpc.FailureOf(err); f.Reason != "too_large" {
		t.Errorf("2 MiB: got %+v, want too_large", f)
	}
	declare := &incidentv1.DeclareIncidentRequest{Summary: large}
	imports := &incidentv1.ImportIncidentsRequest{Incidents: []*incidentv1.ImportedIncident{{Declare: declare}}}
	if _, err := c.ImportIncidents(t.Context(), imports); err != nil {
		t.Errorf("an import of 2 MiB got %v", err)
	}
	declare.Summary += large + large
	if _, err := c.ImportIncidents(t.Context(), imports); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("an import of 6 MiB got %v", err)
	}
}

func TestHealthNeedsNoToken(t *testing.T) {
	address, _ := serve(t)
	r, err := healthv1.NewHealthClient(dial(t, address, "")).Check(t.Context(), &healthv1.HealthCheckRequest{})
	if err != nil || r.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		t.Errorf("got %v, %v", r, err)
	}
}

func TestACallWithoutPolicyStopsTheServer(t *testing.T) {
	s, err := rpc.New(rpc.Options{Authenticator: anyone{}, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s.RegisterService(&grpc.ServiceDesc{ServiceName: "x.Y", HandlerType: (*any)(nil), Methods: []grpc.MethodDesc{{MethodName: "Open"}}}, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := rpc.Serve(t.Context(), s, l); err == nil || !strings.Contains(err.Error(), "/x.Y/Open") {
		t.Errorf("got %v, want the call named", err)
	}
	s.Stop()
}

// door opens the JSON door to a server.
func door(t *testing.T) *httptest.Server {
	t.Helper()
	address, _ := serve(t)
	h, err := rpc.Gateway(t.Context(), dial(t, address, ""), []byte(`{"swagger":"2.0"}`), incidentv1.RegisterCommandServiceHandler)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(nil)
	s.Config = rpc.GatewayServer(h)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func post(t *testing.T, s *httptest.Server, path, token, body string) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Body.Close() }()
	answer := map[string]any{}
	if err := json.NewDecoder(w.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return w.StatusCode, answer
}

func TestTheJSONDoor(t *testing.T) {
	s := door(t)
	const path = "/incident.v1.CommandService/AddNote"
	code, answer := post(t, s, path, "manager", `{"incident": "INC-1", "text": "hello", "requestId": "r1"}`)
	result, _ := answer["result"].(map[string]any)
	if code != http.StatusOK || result["incidentId"] != "m" || result["requestId"] != "r1" {
		t.Errorf("got %d %v", code, answer)
	}
	for name, c := range map[string]struct {
		path, token, body string
		code              int
		want              map[string]any
	}{
		"nobody":        {path, "", `{"incident": "1", "text": "x"}`, 401, map[string]any{"code": "unauthenticated", "reason": "not_authenticated"}},
		"viewer":        {path, "viewer", `{"incident": "1", "text": "x"}`, 403, map[string]any{"code": "permission_denied", "reason": "role_too_low"}},
		"bad field":     {path, "manager", `{"incident": "1"}`, 400, map[string]any{"code": "invalid_argument", "reason": "invalid_field", "field": "text"}},
		"unknown field": {path, "manager", `{"incident": "1", "txt": "x"}`, 400, map[string]any{"code": "invalid_argument", "reason": "malformed_json"}},
		"not JSON":      {path, "manager", `{`, 400, map[string]any{"code": "invalid_argument", "reason": "malformed_json"}},
		"no such call":  {"/incident.v1.CommandService/Nothing", "manager", `{}`, 404, map[string]any{"code": "not_found", "reason": "no_such_call"}},
	} {
		code, answer := post(t, s, c.path, c.token, c.body)
		failure, _ := answer["error"].(map[string]any)
		if message, _ := failure["message"].(string); code != c.code || message == "" {
			t.Errorf("%s: got %d %v, want %d", name, code, answer, c.code)
		}
		for key, want := range c.want {
			if failure[key] != want {
				t.Errorf("%s: %s is %v, want %v", name, key, failure[key], want)
			}
		}
	}
}

func TestTheJSONDoorRefusesTooMuch(t *testing.T) {
	s := door(t)
	body := `{"incident": "1", "text": "` + strings.Repeat("x", 5<<20) + `"}`
	if code, answer := post(t, s, "/incident.v1.CommandService/AddNote", "manager", body); code != http.StatusBadRequest {
		t.Errorf("got %d %v, want 400", code, answer)
	}
}

func TestOpenAPIIsServed(t *testing.T) {
	s := door(t)
	r, err := s.Client().Get(s.URL + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	if body, _ := io.ReadAll(r.Body); string(body) != `{"swagger":"2.0"}` || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("got %q", body)
	}
}

package door_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bridgelog/bridgelog/pkg/mapping"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/beats"
	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

// fuzzedBody is the largest body that the fuzzed doors take, in bytes.
const fuzzedBody = 4096

// put remembers what was stored last.
type put struct {
	memory.Store

	signals []*signalv1.RawSignal
}

func (p *put) Put(_ context.Context, s *signalv1.RawSignal) error {
	p.signals = append(p.signals, s)
	return nil
}

// pinged are heartbeats that take pings.
type pinged struct{ *kept }

func (p pinged) Ping(ctx context.Context, name, _ string) error {
	_, err := p.One(ctx, name)
	return err
}

func (p pinged) List(ctx context.Context) (list []beats.Status, err error) {
	for name := range p.specs {
		s, err := p.One(ctx, name)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// everySource is what all doors read, that for JSON by a mapping.
func everySource(tb testing.TB) []source.Source {
	tb.Helper()
	m, err := mapping.Compile(&catalogv1.MappingSpec{
		Items: "body.?events.orValue([body])", Fingerprint: "string(item.id)", State: `item.ok ? "resolved" : "firing"`, Title: "string(item.title)",
	})
	if err != nil {
		tb.Fatal(err)
	}
	return append(source.All(), source.JSON{Mappings: func(string) (*mapping.Mapping, error) { return m, nil }})
}

// fuzzed are all doors, with what they store.
func fuzzed(tb testing.TB) (*http.ServeMux, *put, *kept) {
	tb.Helper()
	store, beats := &put{}, &kept{specs: map[string]*catalogv1.HeartbeatSpec{}}
	mux := http.NewServeMux()
	door.New(door.Options{
		Sources: source.NewCatalog(everySource(tb)...), Signals: store, Accounts: accounts{}, MaxBody: fuzzedBody, Senders: knownSenders,
		Heartbeats: pinged{beats}, Metrics: door.NewMetrics(prometheus.NewRegistry()), Logger: slog.New(slog.DiscardHandler),
		Tracer: noop.NewTracerProvider().Tracer(""), Now: func() time.Time { return time.Date(2026, 11, 23, 15, 40, 15, 0, time.UTC) },
	}).Register(mux)
	return mux, store, beats
}

// ask sends a request as a server hands it over; false when a server would not.
func ask(mux *http.ServeMux, method, target string, header http.Header, body []byte) (*httptest.ResponseRecorder, bool) {
	address, err := url.ParseRequestURI(target)
	if err != nil || !strings.HasPrefix(target, "/") {
		return nil, false
	}
	r := &http.Request{
		Method: method, URL: address, RequestURI: target, Host: "intake.example", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(strings.NewReader(string(body))), ContentLength: int64(len(body)),
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w, true
}

// answers are the codes that doors answer with. A path that is not clean is answered by
// the way to the clean one.
var answers = []int{200, 201, 202, 301, 307, 400, 401, 403, 404, 405, 413, 422, 503}

// FuzzDoors sends anything to any door. Whatever comes, a door answers with a code that it
// is known for, and keeps at most that one request, within its bounds.
func FuzzDoors(f *testing.F) {
	methods := []string{"POST", "PUT", "GET", "DELETE", "PATCH", "OPTIONS", "HEAD", "BREW"}
	add := func(method, path, authorization, kind, name, value, body string) {
		f.Add(byte(slices.Index(methods, method)), path, authorization, kind, name, value, []byte(body))
	}
	for _, s := range everySource(f) {
		for _, body := range []string{firing, `{"id":1,"title":"Disk full","ok":false}`, "{}", "", "[]", "x"} {
			add("POST", "/hooks/"+s.Name()+"/good", "", "application/json", "ce-id", "1", body)
			add("POST", "/try/"+s.Name(), "Bearer good", "", "X-GitHub-Event", "push", body)
		}
		add("PUT", "/hooks/"+s.Name()+"/by-token", "Bearer good", "application/cloudevents+json", "ce-type", "a.firing", firing)
		add("POST", "/hooks/"+s.Name()+"/hub", "", "application/x-www-form-urlencoded", "X-Hub-Signature-256", "sha256=00", "payload={}")
	}
	for _, own := range []string{"", "/hooks/pagerduty/good", "/hooks/pagerduty-change/good"} {
		for _, path := range []string{"/v2/enqueue", v1Address, "/v2/change/enqueue"} {
			add("POST", own+path, "", "application/json", "", "", trigger("good"))
			add("POST", own+path, "", "application/json", "", "", `{"service_key":"good","event_type":"resolve","incident_key":"i"}`)
		}
	}
	add("POST", "/v2/enqueue", "", "", "", "", `{"routing_key":"good",`+strings.Repeat(`"routing_key":"",`, 200)+`"event_action":"x"}`)
	for _, own := range []string{"", "/hooks/opsgenie/good"} {
		for path, method := range map[string]string{
			"/v2/alerts": "POST", "/v2/alerts/a%2Fb/close?identifierType=alias": "POST", "/v2/alerts/a/acknowledge": "POST", "/v2/alerts/a/notes": "POST",
			"/v2/alerts/a/priority": "PUT", "/v2/alerts/requests/x": "GET", "/v2/alerts/a": "GET",
			"/v2/heartbeats": "POST", "/v2/heartbeats/nightly": "PATCH", "/v2/heartbeats/nightly/ping": "PUT", "/v2/heartbeats/nightly/disable": "POST",
		} {
			add(method, own+path, "GenieKey good", "application/json", "", "", `{"message":"m","alias":"a","note":"n","name":"nightly","interval":1,"intervalUnit":"days"}`)
		}
	}
	add("OPTIONS", "/hooks/cloudevents/good", "", "", "WebHook-Request-Origin", "x", "")
	add("GET", "/hooks/heartbeat/good/nightly", "", "", "", "", "")
	add("GET", "/heartbeats", "Bearer viewer", "", "", "", "")
	add("GET", "/signals?since=2026-01-02T15:04:05Z&limit=1", "Bearer admin", "", "", "", "")
	add("POST", "/signals/x/replay", "Bearer admin", "", "", "", "")
	add("POST", "/hooks//alertmanager/../good", "", "", "", "", strings.Repeat("x", fuzzedBody+1))
	mux, store, _ := fuzzed(f)
	doors := source.NewCatalog(everySource(f)...)
	f.Fuzz(func(t *testing.T, method byte, target, authorization, kind, name, value string, body []byte) {
		store.signals = nil
		header := http.Header{"Content-Type": {kind}}
		if name != "" {
			header.Set(name, value)
		}
		if authorization != "" {
			header.Set("Authorization", authorization)
		}
		w, ok := ask(mux, methods[int(method)%len(methods)], target, header, body)
		if !ok {
			return
		}
		if !slices.Contains(answers, w.Code) {
			t.Fatalf("answered %d %s", w.Code, w.Body)
		}
		checkKept(t, doors, w.Code, store.signals, len(body))
	})
}

// checkKept holds what is kept of a request of so many bytes, by its answer.
func checkKept(t *testing.T, doors source.Catalog, code int, signals []*signalv1.RawSignal, size int) {
	t.Helper()
	// A request that cannot be understood is kept as well, as 400 and 422.
	may := slices.Contains([]int{200, 202, 400, 422}, code)
	if len(signals) > 1 || len(signals) == 1 && (!may || size > fuzzedBody) {
		t.Fatalf("answered %d to %d bytes, and kept %d signals", code, size, len(signals))
	}
	for _, s := range signals {
		headers := 0
		for name, value := range s.GetHeaders() {
			headers += len(name) + len(value)
		}
		// A key that is hidden may be shorter than what stands in its place.
		if len(s.GetBody()) > fuzzedBody*3/2 || headers > 16<<10 || s.GetPrincipal() == "" || s.GetId() == "" {
			t.Fatalf("kept %d bytes and %d of headers of %q", len(s.GetBody()), headers, s.GetPrincipal())
		}
		from, known := doors.Find(s.GetSource())
		if !known {
			t.Fatalf("kept for the door %q", s.GetSource())
		}
		batch, err := from.Parse(source.SignalOf(s))
		if (err == nil) != (s.GetUnread() == "") {
			t.Fatalf("kept as %q, and read later with %v", s.GetUnread(), err)
		}
		if err == nil {
			sourcetest.Check(t, batch)
		}
	}
}

// FuzzHeartbeatBody sends anything as what is to be kept of a heartbeat. One that is kept
// is expected between every minute and every 366 days.
func FuzzHeartbeatBody(f *testing.F) {
	for _, body := range []string{
		`{"name":"nightly","interval":1,"intervalUnit":"days","description":"d","enabled":false,"ownerTeam":{"name":"sre"},"alertMessage":"m","alertTags":["a"],"alertPriority":"P1"}`,
		`{"name":"nightly","interval":9223372036854775807,"intervalUnit":"minutes"}`, `{"name":"nightly","interval":-1,"intervalUnit":"hours"}`,
		`{"interval":5}`, `{"intervalUnit":"hours"}`, `{"alertPriority":"P9"}`, `{}`, `null`, `[]`, `x`, ``, strings.Repeat(" ", 64<<10) + "{}",
	} {
		f.Add([]byte(body))
	}
	mux, store, beats := fuzzed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		beats.specs, beats.caller = map[string]*catalogv1.HeartbeatSpec{"changed": {Interval: durationpb.New(time.Hour)}}, nil
		header := func() http.Header { return http.Header{"Authorization": {"GenieKey good"}} }
		created, _ := ask(mux, http.MethodPost, "/v2/heartbeats", header(), body)
		if (created.Code == http.StatusCreated) != (beats.caller != nil) {
			t.Fatalf("answered %d, and kept %v", created.Code, beats.specs)
		}
		changed, _ := ask(mux, http.MethodPatch, "/v2/heartbeats/changed", header(), body)
		if !slices.Contains([]int{201, 400, 413, 422}, created.Code) || !slices.Contains([]int{200, 400, 413, 422}, changed.Code) {
			t.Fatalf("answered %d %s and %d %s", created.Code, created.Body, changed.Code, changed.Body)
		}
		for name, spec := range beats.specs {
			if every := spec.GetInterval().AsDuration(); every < time.Minute || every > 366*24*time.Hour || name == "" {
				t.Fatalf("%q is expected every %v", name, every)
			}
		}
		if len(store.signals) > 0 {
			t.Fatal("a signal is kept of it")
		}
	})
}

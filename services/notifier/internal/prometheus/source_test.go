package prometheus_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/netguard"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/prometheus"
)

var from = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func source(t *testing.T, allow ...netip.Prefix) *prometheus.Source {
	t.Helper()
	client := netguard.Guard{Allow: allow}.Client(prometheus.Timeout)
	t.Cleanup(client.CloseIdleConnections)
	return &prometheus.Source{Client: client}
}

// matrix is an answer with so many series of two values.
func matrix(series int) string {
	one := fmt.Sprintf(`{"metric":{},"values":[[%d,"1.5"],[%d,"NaN"]]}`, from.Unix(), from.Unix()+60)
	return `{"status":"success","data":{"resultType":"matrix","result":[` + strings.TrimSuffix(strings.Repeat(one+",", series), ",") + `]}}`
}

func TestQuery(t *testing.T) {
	failed := func(kind string) string {
		return `{"status":"error","errorType":"` + kind + `","error":"hidden detail"}`
	}
	for _, tt := range []struct {
		name, body string
		status     int
		err        error
		says       string
		points     int
	}{
		{"values", matrix(1), 200, nil, "", 2},
		{"nothing", matrix(0), 200, nil, "", 0},
		{"several series", matrix(2), 200, prometheus.ErrRefused, "it gives 2 series, and one is wanted", 0},
		{"no matrix", `{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}`, 200, prometheus.ErrRefused, "no range of values", 0},
		{"bad query", failed("bad_data"), 400, prometheus.ErrRefused, "not valid PromQL", 0},
		{"too slow", failed("timeout"), 503, prometheus.ErrUnreachable, "an error of its own", 0},
		{"not to be carried out", failed("execution"), 422, prometheus.ErrRefused, "could not be carried out", 0},
		{"in trouble", "hidden detail", 500, prometheus.ErrUnreachable, "an error of its own", 0},
		{"refused", "hidden detail", 401, prometheus.ErrRefused, "check url and secrets", 0},
		{"another page", "<html>hidden detail", 200, prometheus.ErrRefused, "no Prometheus", 0},
		{"a redirect", "", 302, prometheus.ErrRefused, "", 0},
		{"endless", strings.Repeat(" ", 2<<20), 200, prometheus.ErrRefused, "too large", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.FormValue("query") != "up" || r.FormValue("step") != "60" || r.URL.Path != "/prom/api/v1/query_range" {
					t.Errorf("asked for %s %v", r.URL, r.Form)
				}
				w.Header().Set("Location", "http://169.254.169.254/")
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			}))
			defer server.Close()
			got, err := source(t, netguard.Loopback()...).Query(t.Context(), &catalogv1.IntegrationSpec{Url: server.URL + "/prom/"}, "up", from, from.Add(time.Hour), time.Minute)
			if !errors.Is(err, tt.err) || len(got) != tt.points {
				t.Fatalf("%v, %v", got, err)
			}
			if err != nil && (!strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "hidden") || strings.Contains(err.Error(), "127.0.0.1")) {
				t.Errorf("says %q", err)
			}
			if tt.points == 2 && (got[0].Offset != 0 || got[0].Value != 1.5 || got[1].Offset != time.Minute) {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestWhatIsSentWithAQuery(t *testing.T) {
	var got http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		_, _ = w.Write([]byte(matrix(1)))
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, i := range map[string]*catalogv1.IntegrationSpec{
		"":                     {},
		"Bearer s3cret":        {Secrets: map[string]string{"bearer": "file:" + file}},
		"Basic YWRhOnMzY3JldA": {Settings: map[string]string{"username": "ada"}, Secrets: map[string]string{"password": "file:" + file}},
	} {
		i.Url = server.URL
		if _, err := source(t, netguard.Loopback()...).Query(t.Context(), i, "up", from, from.Add(time.Hour), time.Minute); err != nil {
			t.Fatal(err)
		}
		if strings.TrimRight(got.Get("Authorization"), "=") != want || got.Get("User-Agent") != "Bridgelog-Checks/1" {
			t.Errorf("sent %v", got)
		}
	}
}

func TestWhatIsNotAsked(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was asked") }))
	defer server.Close()
	for _, tt := range []struct {
		i    *catalogv1.IntegrationSpec
		err  error
		says string
	}{
		{&catalogv1.IntegrationSpec{Url: server.URL}, prometheus.ErrUnreachable, "allow-private-receivers"},
		{&catalogv1.IntegrationSpec{}, prometheus.ErrMisconfigured, "its url"},
		{&catalogv1.IntegrationSpec{Url: server.URL, Secrets: map[string]string{"bearer": "env:NO_SUCH_VARIABLE_HERE"}}, prometheus.ErrMisconfigured, "its secret bearer is missing"},
	} {
		_, err := source(t).Query(t.Context(), tt.i, "up", from, from.Add(time.Hour), time.Minute)
		if !errors.Is(err, tt.err) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%v: %v", tt.i, err)
		}
		if strings.Contains(err.Error(), "NO_SUCH_VARIABLE_HERE") {
			t.Errorf("everybody reads where the secret was looked for: %v", err)
		}
		var secret *prometheus.SecretError
		if errors.As(err, &secret) != (tt.i.GetSecrets() != nil) || secret != nil && !strings.Contains(secret.Cause.Error(), "NO_SUCH_VARIABLE_HERE is not set") {
			t.Errorf("the operator is not told where it was looked for: %v", err)
		}
	}
}

// FuzzAnswer gives a source answers that no Prometheus gives.
func FuzzAnswer(f *testing.F) {
	f.Add(matrix(1), 200)
	f.Add(matrix(3), 200)
	f.Add(`{"status":"success","data":{"resultType":"matrix","result":[{"values":[[1e300,"1e999"]],"histograms":[[0,{}]]}]}}`, 200)
	f.Add(`{"status":"error","errorType":"bad_data"}`, 400)
	body, status := "", 200
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	defer server.Close()
	client := netguard.Guard{Allow: netguard.Loopback()}.Client(prometheus.Timeout)
	defer client.CloseIdleConnections()
	s := prometheus.Source{Client: client}
	f.Fuzz(func(t *testing.T, text string, code int) {
		body, status = text, 200+(code%300+300)%300
		got, err := s.Query(t.Context(), &catalogv1.IntegrationSpec{Url: server.URL}, "up", from, from.Add(time.Hour), time.Minute)
		if err != nil && len(got) > 0 {
			t.Fatal("values and an error")
		}
		if err == nil && !json.Valid([]byte(text)) && len(got) > 0 {
			t.Fatalf("values out of %q", text)
		}
	})
}

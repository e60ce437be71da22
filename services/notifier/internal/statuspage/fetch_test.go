package statuspage_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/services/notifier/internal/statuspage"
)

func TestPagesAreAskedPolitely(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/eu/api/v2/summary.json" || !strings.HasPrefix(r.Header.Get("User-Agent"), "Bridgelog-Statuspage/") {
			t.Errorf("asked for %s as %s", r.URL, r.Header.Get("User-Agent"))
		}
		if r.Header.Get("If-None-Match") == `"1"` && r.Header.Get("If-Modified-Since") == "yesterday" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Last-Modified", "yesterday")
		_, _ = w.Write([]byte(summary))
	}))
	defer server.Close()
	client := netguard.Guard{Allow: netguard.Loopback()}.Client(statuspage.Timeout)
	defer client.CloseIdleConnections()
	first, err := statuspage.Fetch(t.Context(), client, server.URL+"/eu/", statuspage.Validators{}, time.Now())
	if err != nil || first.Unchanged || len(first.Summary.Components) != 4 {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := statuspage.Fetch(t.Context(), client, server.URL+"/eu", first.Validators, time.Now())
	if err != nil || !again.Unchanged || again.Validators != first.Validators {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestPagesThatCannotBeRead(t *testing.T) {
	status, body := 200, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "90")
		w.Header().Set("Location", "http://169.254.169.254/")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	defer server.Close()
	client := netguard.Guard{Allow: netguard.Loopback()}.Client(statuspage.Timeout)
	defer client.CloseIdleConnections()
	for _, tt := range []struct {
		url, body string
		status    int
		says      string
		wish      time.Duration
	}{
		{server.URL, "", 503, "it answered 503", 90 * time.Second},
		{server.URL, "", 429, "it answered 429", 90 * time.Second},
		{server.URL, "", 301, "give the final URL", 90 * time.Second},
		{server.URL, "<html>", 200, "no summary", 90 * time.Second},
		{server.URL, strings.Repeat(" ", 9<<20), 200, "too large", 90 * time.Second},
		{"http://127.0.0.1:1", "", 0, "could not be reached", 0},
		{"http://10.0.0.1", "", 0, "allow-private-receivers", 0},
		{"gopher://x", "", 0, "its url", 0},
	} {
		status, body = tt.status, tt.body
		got, err := statuspage.Fetch(t.Context(), client, tt.url, statuspage.Validators{}, time.Now())
		if !errors.Is(err, statuspage.ErrNoAnswer) || !strings.Contains(err.Error(), tt.says) || got.RetryAfter != tt.wish {
			t.Errorf("%s %d: %+v, %v", tt.url, tt.status, got.RetryAfter, err)
		}
	}
}

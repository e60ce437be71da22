package health_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/bridgelog/bridgelog/pkg/health"
)

func TestReadinessNamesEachDependency(t *testing.T) {
	registry := &health.Registry{}
	registry.Register("log", func(context.Context) error { return nil })
	if code, _ := readiness(t, registry); code != http.StatusOK {
		t.Fatalf("all well: status %d, want 200", code)
	}
	registry.Register("postgres", func(context.Context) error { return errors.New("connection refused") })
	code, body := readiness(t, registry)
	if code != http.StatusServiceUnavailable {
		t.Fatalf("postgres gone: status %d, want 503", code)
	}
	want := []health.Result{{Name: "log", Ready: true}, {Name: "postgres", Problem: "connection refused"}}
	if body.Ready || len(body.Checks) != 2 || body.Checks[0] != want[0] || body.Checks[1] != want[1] {
		t.Fatalf("got %+v, want %+v", body, want)
	}
}

func TestReadyDoesNotWaitForAHangingCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := &health.Registry{}
		release := make(chan struct{})
		registry.Register("stuck", func(context.Context) error { <-release; return nil })
		results, ready := registry.Ready(t.Context())
		close(release)
		if ready || len(results) != 1 || results[0].Problem != "no answer in time" {
			t.Fatalf("got %+v ready=%v", results, ready)
		}
	})
}

func TestLiveAlwaysAnswers(t *testing.T) {
	recorder := httptest.NewRecorder()
	health.Live().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	if recorder.Code != http.StatusOK || recorder.Body.String() != "ok\n" {
		t.Fatalf("got %d %q", recorder.Code, recorder.Body)
	}
}

type body struct {
	Ready  bool            `json:"ready"`
	Checks []health.Result `json:"checks"`
}

func readiness(t *testing.T, registry *health.Registry) (int, body) {
	t.Helper()
	recorder := httptest.NewRecorder()
	health.Readiness(registry).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	var decoded body
	if err := json.Unmarshal(recorder.Body.Bytes(), &decoded); err != nil {
		t.Fatalf("decode %q: %v", recorder.Body, err)
	}
	return recorder.Code, decoded
}

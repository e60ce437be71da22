package chaos_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/rpc"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

// routeAll lets every alert declare an incident, or join that of its group.
const routeAll = `
kind: route
name: all
spec: {severity: SEV-2}
`

// told is one alert as an Alertmanager tells of it.
type told struct {
	Status      string            `json:"status"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
	Fingerprint string            `json:"fingerprint"`
}

// tell is an alert that is firing, or over.
func tell(name, fingerprint string, firing bool) told {
	began := time.Date(2026, 1, 2, 10, 0, 0, 0, time.UTC)
	a := told{
		Status: "firing", Labels: map[string]string{"alertname": name, "part": fingerprint},
		Annotations: map[string]string{"summary": name + " of " + fingerprint}, StartsAt: began, Fingerprint: fingerprint,
	}
	if !firing {
		a.Status, a.EndsAt = "resolved", began.Add(time.Hour)
	}
	return a
}

// payload is a request of an Alertmanager.
func payload(t testing.TB, group string, alerts ...told) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{"version": "4", "groupKey": group, "alerts": alerts})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// post sends a request and returns the status of the answer; an error when nothing
// answered.
func post(ctx context.Context, intake, token string, body []byte) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, intake+"/hooks/alertmanager/"+token, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, nil
}

// deliver repeats a request, as Alertmanager does, until it is accepted or ctx
// ends.
func deliver(ctx context.Context, intake, token string, body []byte) error {
	for {
		status, err := post(ctx, intake, token, body)
		switch {
		case err == nil && status/100 == 2:
			return nil
		case err == nil && status/100 == 4:
			return fmt.Errorf("refused for good: %d", status)
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// alertsView reads alerts from a running system.
func alertsView(t testing.TB, server, token string) signalv1.AlertViewServiceClient {
	t.Helper()
	conn, err := rpc.Dial(server, token)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return signalv1.NewAlertViewServiceClient(conn)
}

// awaitAlerts polls until a list has exactly as many alerts as wanted, and returns
// them.
func awaitAlerts(t testing.TB, view signalv1.AlertViewServiceClient, request *signalv1.ListAlertsRequest, want int) []*signalv1.Alert {
	t.Helper()
	var found []*signalv1.Alert
	eventually(t, fmt.Sprintf("%d alerts", want), func() bool {
		found = found[:0]
		request.PageSize, request.PageToken = 200, ""
		for {
			page, err := view.ListAlerts(within(t), request)
			if err != nil {
				return false
			}
			found = append(found, page.GetAlerts()...)
			if request.PageToken = page.GetNextPageToken(); request.GetPageToken() == "" {
				return len(found) == want
			}
		}
	})
	return found
}

// eventually polls until a condition holds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// applyRoute gives a system the route that takes every alert.
func applyRoute(t testing.TB, apply func(file string) system.Result) {
	t.Helper()
	if r := apply(writeFile(t, "route.yaml", strings.TrimSpace(routeAll)+"\n")); r.Code != 0 {
		t.Fatalf("apply: %s", r)
	}
}

// writeFile writes a file that lasts as long as the test and returns its path.
func writeFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

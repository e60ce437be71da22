package intake_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
)

// TestASenderIsLetInByItsSignature reads secrets where the catalog says that they are.
func TestASenderIsLetInByItsSignature(t *testing.T) {
	s := newSystem(t)
	old := filepath.Join(t.TempDir(), "old")
	if err := os.WriteFile(old, []byte("the old one\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("INTAKE_TEST_SECRET", "the new one")
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, fmt.Sprintf(`
kind: Sender
name: eu
spec: {source: alertmanager, scheme: github, secrets: ["env:INTAKE_TEST_SECRET", "file:%s"]}
`, old))...)
	send := func(door, secret string, n int) int {
		body := fmt.Sprintf(`{"version":"4","groupKey":"g%d","alerts":[%s]}`, n, alertJSON(fmt.Sprintf("f%d", n), "2026-11-23T10:00:00Z", ""))
		mac := hmac.New(sha256.New, []byte(secret))
		_, _ = mac.Write([]byte(body))
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/hooks/"+door+"/eu", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	for i, c := range []struct {
		door, secret string
		want         int
	}{
		{"alertmanager", "the new one", 202},
		{"alertmanager", "the old one", 202},
		{"alertmanager", "another", 401},
		{"grafana", "the new one", 401}, // it is a sender of the other door
	} {
		if got := send(c.door, c.secret, i); got != c.want {
			t.Errorf("%s with %q: answered %d, want %d", c.door, c.secret, got, c.want)
		}
	}
	if got := s.handled("m1"); len(got) != 2 {
		t.Errorf("%d incidents, want those of the two that were signed", len(got))
	}
}

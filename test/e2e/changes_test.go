package e2e_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/test/system"
)

const changeCatalog = `kind: service
name: payments
spec: {}
---
kind: service
name: checkout
spec: {depends_on: [payments]}
---
kind: sender
name: acme
spec: {source: github, scheme: github, secrets: ["env:E2E_GITHUB_SECRET"]}
`

// deploymentFailed is a deployment that GitHub says has failed a moment ago.
const deploymentFailed = `{"action":"created","deployment_status":{"state":"failure","created_at":"NOW"},` +
	`"deployment":{"id":7,"sha":"f95f852bd8fca8fcc58a9a2d6c842781e32a215e","ref":"v42","task":"deploy","environment":"production",` +
	`"created_at":"NOW","creator":{"login":"ada"}},"repository":{"name":"Payments","full_name":"acme/Payments"}}`

// TestAFailedDeploymentIsSuspected lets GitHub tell of a failed deployment, signed, and
// asks what may have caused an incident of what depends on it.
func TestAFailedDeploymentIsSuspected(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{Env: []string{"E2E_GITHUB_SECRET=a secret of GitHub"}})
	s.Do(t, "apply", "-f", write(t, t.TempDir(), "catalog.yaml", changeCatalog))
	body := strings.ReplaceAll(deploymentFailed, "NOW", time.Now().Add(-10*time.Minute).UTC().Format(time.RFC3339))
	for range 2 { // GitHub repeats it when it is asked to
		if status := tellSigned(t, s, body, "a secret of GitHub"); status != http.StatusAccepted {
			t.Fatalf("the door answered %d", status)
		}
	}
	if status := tellSigned(t, s, body+" ", "another secret"); status != http.StatusUnauthorized {
		t.Errorf("a wrong signature is answered %d", status)
	}
	s.Do(t, "declare", "Checkout returns 502", "-s", "SEV-1", "--service", "checkout", "--detach")
	deadline := time.Now().Add(time.Minute)
	var suspects string
	for !strings.Contains(suspects, "Deploy v42 to production") {
		if time.Now().After(deadline) {
			t.Fatalf("never suspected:\n%s", suspects)
		}
		suspects = s.Do(t, "suspects", "INC-1")
	}
	for _, want := range []string{"proposed by the system", "failed", "checkout → payments", "is a deployment"} {
		if !strings.Contains(suspects, want) {
			t.Errorf("the suspects do not say %q:\n%s", want, suspects)
		}
	}
	if list := s.Do(t, "change", "list", "--service", "payments"); strings.Count(list, "Deploy v42") != 1 {
		t.Errorf("changes:\n%s", list)
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
}

// tellSigned posts a body to GitHub's door with a signature.
func tellSigned(t *testing.T, s *system.System, body, secret string) int {
	t.Helper()
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(body))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Endpoints.Intake+"/hooks/github/acme", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-GitHub-Event", "deployment_status")
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

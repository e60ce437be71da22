package sign_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/sign"
)

// vector is a published signature.
type vector struct {
	Headers         map[string]string `json:"headers"`
	RotatingHeaders map[string]string `json:"rotating_headers"`
	Secret          string            `json:"secret"`
	Body            string            `json:"body"`
}

// vectors reads the optional file of published signatures beside the repository.
func vectors(t *testing.T) map[string]vector {
	t.Helper()
	root := os.Getenv("BRIDGELOG_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	data, err := os.ReadFile(filepath.Join(root, "samples", "vectors", "signatures.json"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("there are no published signatures here: set BRIDGELOG_SHARED")
	}
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	out := map[string]vector{}
	for name, raw := range all {
		var v vector
		if json.Unmarshal(raw, &v) == nil { // the note is a text
			out[name] = v
		}
	}
	return out
}

func TestPublishedSignatures(t *testing.T) {
	all := vectors(t)
	rules := map[string]sign.Rule{
		"slack":             {Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_SLACK},
		"github":            {Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_GITHUB},
		"standard_webhooks": {Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_STANDARD_WEBHOOKS},
		"pagerduty_v3":      {Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_PAGERDUTY},
		"grafana_alerting":  {Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_GRAFANA},
		"grafana_alerting_with_timestamp_header": {
			Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_GRAFANA, TimestampHeader: "X-Grafana-Alerting-Timestamp",
		},
		"sentry":        {Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_SENTRY},
		"gitlab_legacy": {Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_GITLAB},
	}
	for name, v := range all {
		rule, ok := rules[name]
		if !ok {
			t.Errorf("nothing checks the vector %s", name)
			continue
		}
		delete(rules, name)
		if name == "gitlab_legacy" {
			v.Secret = v.Headers["X-Gitlab-Token"]
		}
		testVector(t, name, rule, v, v.Headers)
		if v.RotatingHeaders != nil {
			testVector(t, name+" rotating", rule, v, v.RotatingHeaders)
		}
	}
	for name := range rules {
		t.Errorf("there is no vector %s", name)
	}
}

func testVector(t *testing.T, name string, rule sign.Rule, v vector, pairs map[string]string) {
	t.Helper()
	header, now := http.Header{}, at()
	for k, value := range pairs {
		header.Set(k, value)
	}
	timed := false
	for _, stamp := range []string{header.Get("webhook-timestamp"), header.Get(rule.TimestampHeader), header.Get("X-Slack-Request-Timestamp")} {
		if seconds, err := strconv.ParseInt(stamp, 10, 64); err == nil {
			now, timed = time.Unix(seconds, 0), true
		}
	}
	if _, err := sign.Verify(rule, []string{"not-" + v.Secret, v.Secret}, header, []byte(v.Body), now); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if rule.Scheme == catalogv1.SignatureScheme_SIGNATURE_SCHEME_GITLAB {
		return // it does not sign the body
	}
	if _, err := sign.Verify(rule, []string{v.Secret}, header, []byte(v.Body+" "), now); !errors.Is(err, sign.ErrWrong) {
		t.Errorf("%s with another body: %v", name, err)
	}
	if _, err := sign.Verify(rule, []string{v.Secret}, header, []byte(v.Body), now.Add(sign.Tolerance+time.Second)); timed != errors.Is(err, sign.ErrOld) {
		t.Errorf("%s, old: %v", name, err)
	}
}

package sign_test

import (
	"net/http"
	"testing"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/sign"
)

// FuzzVerify sends what nobody signed: whatever the headers hold, only the signatures of
// the tests are right, and those only for their body.
func FuzzVerify(f *testing.F) {
	for _, seed := range []string{"", "sha256=" + digest, digest, digestAt, "v0=" + digestSlack, "v1=" + digest + ",v1=", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v2,", "\x00", ",,,,,,,,,,,,"} {
		f.Add(seed, "1800000000", "msg_1", []byte(body))
		f.Add(seed, "-1", "", []byte{})
	}
	f.Fuzz(func(t *testing.T, signature, stamp, id string, sent []byte) {
		header := http.Header{}
		for _, name := range []string{"X-Hub-Signature-256", "X-Gitea-Signature", "Sentry-Hook-Signature", "X-PagerDuty-Signature", "X-Grafana-Alerting-Signature", "Webhook-Signature", "X-Slack-Signature"} {
			header.Set(name, signature)
		}
		header.Set("X-Time", stamp)
		header.Set("X-Slack-Request-Timestamp", stamp)
		header.Set("Webhook-Timestamp", stamp)
		header.Set("Webhook-Id", id)
		for n := range catalogv1.SignatureScheme_name {
			for _, at2 := range []string{"", "X-Time"} {
				rule := sign.Rule{Scheme: catalogv1.SignatureScheme(n), TimestampHeader: at2}
				_, err := sign.Verify(rule, []string{secret, standardSecret}, header, sent, at())
				if err == nil && string(sent) != body {
					t.Errorf("%v takes %q with %q, %q, %q", rule, sent, signature, stamp, id)
				}
			}
		}
	})
}

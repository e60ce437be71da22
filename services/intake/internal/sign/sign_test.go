package sign_test

import (
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/sign"
)

const secret, body = "a secret of the tests", `{"a":1}`

// Made with openssl dgst -sha256 -hmac over the body above.
const digest = "4710764b482ac5a7b8df67d132c115dead230643af8b2406eef5c05cb544c26d"

// digestAt is that of "1800000000:" and the body.
const digestAt = "70263717faeb0ae04b67a17074faf7d0256e46403c7db96405d43bfaf342246c"

// digestSlack is that of "v0:1800000000:" and the body.
const digestSlack = "d661baf1be3938f73a4fa18f2ae8383e8b91ab71d7ea7b4a6652310d879c81da"

func at() time.Time { return time.Unix(1_800_000_000, 0) }

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

// request is a signed request of one scheme.
type request struct {
	rule   sign.Rule
	secret string
	header http.Header
	id     bool // whether it can be told from others
}

const standardSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func requests(t *testing.T) map[string]request {
	t.Helper()
	hook, err := standardwebhooks.NewWebhook(standardSecret)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := hook.Sign("msg_1", at(), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	stamp := strconv.FormatInt(at().Unix(), 10)
	rule := func(s catalogv1.SignatureScheme) sign.Rule { return sign.Rule{Scheme: s} }
	return map[string]request{
		"github":    {rule(catalogv1.SignatureScheme_SIGNATURE_SCHEME_GITHUB), secret, headers("X-Hub-Signature-256", "sha256="+digest, "X-GitHub-Delivery", "d"), true},
		"gitea":     {rule(catalogv1.SignatureScheme_SIGNATURE_SCHEME_GITEA), secret, headers("X-Gitea-Signature", digest, "X-Gitea-Delivery", "d"), true},
		"sentry":    {rule(catalogv1.SignatureScheme_SIGNATURE_SCHEME_SENTRY), secret, headers("Sentry-Hook-Signature", digest, "Request-ID", "r"), true},
		"pagerduty": {rule(catalogv1.SignatureScheme_SIGNATURE_SCHEME_PAGERDUTY), secret, headers("X-PagerDuty-Signature", "v1=00,v2=ab, v1="+digest, "X-Webhook-Id", "w"), true},
		"grafana":   {rule(catalogv1.SignatureScheme_SIGNATURE_SCHEME_GRAFANA), secret, headers("X-Grafana-Alerting-Signature", digest), false},
		"grafana with a time": {
			sign.Rule{Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_GRAFANA, TimestampHeader: "X-Time"},
			secret,
			headers("X-Grafana-Alerting-Signature", digestAt, "X-Time", stamp), true,
		},
		"standard": {
			rule(catalogv1.SignatureScheme_SIGNATURE_SCHEME_STANDARD_WEBHOOKS), standardSecret,
			headers("webhook-id", "msg_1", "webhook-timestamp", stamp, "webhook-signature", "v1a,xx "+signature), true,
		},
		"svix": {
			rule(catalogv1.SignatureScheme_SIGNATURE_SCHEME_STANDARD_WEBHOOKS), standardSecret,
			headers("svix-id", "msg_1", "svix-timestamp", stamp, "svix-signature", signature), true,
		},
		"slack": {
			rule(catalogv1.SignatureScheme_SIGNATURE_SCHEME_SLACK), secret,
			headers("X-Slack-Signature", "v0="+digestSlack, "X-Slack-Request-Timestamp", stamp), true,
		},
		"gitlab": {rule(catalogv1.SignatureScheme_SIGNATURE_SCHEME_GITLAB), secret, headers("X-Gitlab-Token", secret, "Idempotency-Key", "k"), true},
		"header": {rule(catalogv1.SignatureScheme_SIGNATURE_SCHEME_HEADER), secret, headers("X-Bridgelog-Secret", secret), false},
		"header of another name": {
			sign.Rule{Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_HEADER, SecretHeader: "X-Key"}, secret, headers("X-Key", secret), false,
		},
	}
}

const other = "whsec_" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

func TestSigned(t *testing.T) {
	for name, r := range requests(t) {
		// A secret that is being rotated stands at either place, with what files add.
		for _, secrets := range [][]string{{r.secret}, {other, r.secret + "\n"}, {r.secret, other}, {"", r.secret}} {
			id, err := sign.Verify(r.rule, secrets, r.header, []byte(body), at())
			if err != nil || (id != "") != r.id {
				t.Errorf("%s: %q, %v", name, id, err)
			}
		}
	}
}

func TestNotSigned(t *testing.T) {
	for name, r := range requests(t) {
		check := func(what string, want error, secrets []string, header http.Header) {
			t.Helper()
			if _, err := sign.Verify(r.rule, secrets, header, []byte(body), at()); !errors.Is(err, want) {
				t.Errorf("%s, %s: %v, want %v", name, what, err, want)
			}
		}
		check("another secret", sign.ErrWrong, []string{other}, r.header)
		check("no headers", sign.ErrMissing, []string{r.secret}, http.Header{})
		check("no secrets", sign.ErrSecret, nil, r.header)
		check("an empty secret", sign.ErrSecret, []string{"", " \n"}, r.header)
		// Only the two that rotate are looked at.
		check("a third secret", sign.ErrWrong, []string{other, other, r.secret}, r.header)
	}
}

// Every scheme that signs the body sees each byte of it.
func TestAChangedByteIsSeen(t *testing.T) {
	for name, r := range requests(t) {
		if r.header.Get(r.rule.SecretHeader) != "" || r.header.Get("X-Gitlab-Token") != "" || r.header.Get(sign.DefaultHeader) != "" {
			continue
		}
		for i := range body {
			changed := []byte(body)
			changed[i] ^= 1
			if _, err := sign.Verify(r.rule, []string{r.secret}, r.header, changed, at()); !errors.Is(err, sign.ErrWrong) {
				t.Errorf("%s: byte %d: %v", name, i, err)
			}
		}
	}
}

func TestOldRequestsAreSeen(t *testing.T) {
	timed := 0
	for name, r := range requests(t) {
		stamped := r.rule.TimestampHeader != "" || r.rule.Scheme == catalogv1.SignatureScheme_SIGNATURE_SCHEME_STANDARD_WEBHOOKS ||
			r.rule.Scheme == catalogv1.SignatureScheme_SIGNATURE_SCHEME_SLACK
		if stamped {
			timed++
		}
		for away, want := range map[time.Duration]bool{
			0: true, sign.Tolerance: true, -sign.Tolerance: true,
			sign.Tolerance + time.Second: false, -sign.Tolerance - time.Second: false, 100 * 365 * 24 * time.Hour: false,
		} {
			_, err := sign.Verify(r.rule, []string{r.secret}, r.header, []byte(body), at().Add(away))
			if fine := want || !stamped; fine != (err == nil) || !fine && !errors.Is(err, sign.ErrOld) {
				t.Errorf("%s: %v away: %v", name, away, err)
			}
		}
	}
	if timed != 4 {
		t.Errorf("%d schemes have a time, want 4", timed)
	}
}

// An id that is not signed does not make another body a repetition.
func TestIDsThatAreNotSigned(t *testing.T) {
	rule := sign.Rule{Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_GITLAB}
	header := headers("X-Gitlab-Token", secret, "Idempotency-Key", "k")
	first, err := sign.Verify(rule, []string{secret}, header, []byte("a"), at())
	second, err2 := sign.Verify(rule, []string{secret}, header, []byte("b"), at())
	if err != nil || err2 != nil || first == second {
		t.Errorf("%q and %q, %v, %v", first, second, err, err2)
	}
}

// A short key of Standard Webhooks is not used, since the library would take an empty one.
func TestShortKeys(t *testing.T) {
	hook, err := standardwebhooks.NewWebhookRaw(nil)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := hook.Sign("m", at(), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	header := headers("webhook-id", "m", "webhook-timestamp", strconv.FormatInt(at().Unix(), 10), "webhook-signature", signature)
	rule := sign.Rule{Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_STANDARD_WEBHOOKS}
	for _, key := range []string{"whsec_", "whsec_AAAA", "no base64"} {
		if _, err := sign.Verify(rule, []string{key}, header, []byte(body), at()); !errors.Is(err, sign.ErrSecret) {
			t.Errorf("%q: %v", key, err)
		}
	}
}

package sign

import (
	"errors"
	"net/http"
	"strings"
	"time"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Tolerance is how far the time that a sender signed may lie from ours, either way.
// Source: the Standard Webhooks specification and its libraries.
const Tolerance = 5 * time.Minute

// MaxSecrets is how many secrets a sender may have at once: the old one and the new.
const MaxSecrets = 2

// What is wrong with a request. None of them tells a secret or what would be right.
var (
	// ErrMissing: it carries no signature.
	ErrMissing = errors.New("the request carries no signature: set the sender's secret, or correct the scheme")
	// ErrWrong: its signature is none of the sender's.
	ErrWrong = errors.New("the signature is not the sender's: the secrets differ, or something changed the body on the way")
	// ErrOld: the time that was signed is too far from ours.
	ErrOld = errors.New("the request was signed more than 5 minutes ago, or ahead: compare the clocks")
	// ErrSecret: a secret of the sender cannot be used.
	ErrSecret = errors.New("no secret of the sender can be used")
)

// Rule is how a sender signs.
type Rule struct {
	// Scheme is whose way of signing it is.
	Scheme catalogv1.SignatureScheme
	// SecretHeader holds the secret itself, with the scheme header; empty:
	// [DefaultHeader].
	SecretHeader string
	// TimestampHeader holds the signed time, with the scheme grafana; empty: none does.
	TimestampHeader string
}

// Verify returns nil when the request was signed with one of the secrets, and within
// [Tolerance] of now where the scheme signs a time. id tells this request from others of
// the sender, so that a repetition can be known by it; it is empty where the scheme has
// nothing to tell it by. Secrets are compared in constant time.
func Verify(rule Rule, secrets []string, header http.Header, body []byte, now time.Time) (id string, err error) {
	keys := usable(secrets)
	if len(keys) == 0 {
		return "", ErrSecret
	}
	switch rule.Scheme {
	case catalogv1.SignatureScheme_SIGNATURE_SCHEME_GITHUB:
		return bodySigned{header: "X-Hub-Signature-256", prefix: "sha256=", id: "X-GitHub-Delivery"}.verify(keys, header, body)
	case catalogv1.SignatureScheme_SIGNATURE_SCHEME_GITEA:
		return bodySigned{header: "X-Gitea-Signature", id: "X-Gitea-Delivery"}.verify(keys, header, body)
	case catalogv1.SignatureScheme_SIGNATURE_SCHEME_SENTRY:
		return bodySigned{header: "Sentry-Hook-Signature", id: "Request-ID"}.verify(keys, header, body)
	case catalogv1.SignatureScheme_SIGNATURE_SCHEME_PAGERDUTY:
		return bodySigned{header: "X-PagerDuty-Signature", prefix: "v1=", id: "X-Webhook-Id"}.verify(keys, header, body)
	case catalogv1.SignatureScheme_SIGNATURE_SCHEME_GRAFANA:
		return verifyGrafana(rule.TimestampHeader, keys, header, body, now)
	case catalogv1.SignatureScheme_SIGNATURE_SCHEME_GITLAB:
		return verifyHeld("X-Gitlab-Token", "Idempotency-Key", keys, header, body)
	case catalogv1.SignatureScheme_SIGNATURE_SCHEME_HEADER:
		if rule.SecretHeader == "" {
			rule.SecretHeader = DefaultHeader
		}
		return verifyHeld(rule.SecretHeader, "", keys, header, body)
	case catalogv1.SignatureScheme_SIGNATURE_SCHEME_STANDARD_WEBHOOKS:
		return verifyStandard(keys, header, body, now)
	case catalogv1.SignatureScheme_SIGNATURE_SCHEME_SLACK:
		return verifySlack(keys, header, body, now)
	case catalogv1.SignatureScheme_SIGNATURE_SCHEME_UNSPECIFIED:
	}
	return "", ErrSecret // nothing is signed with it
}

// usable drops what is around secrets in files, and secrets that are empty: anybody can
// sign with nothing.
func usable(secrets []string) []string {
	keys := make([]string, 0, MaxSecrets)
	for _, secret := range secrets {
		if secret = strings.TrimSpace(secret); secret != "" && len(keys) < MaxSecrets {
			keys = append(keys, secret)
		}
	}
	return keys
}

// near tells whether a signed time may be believed.
func near(at, now time.Time) bool {
	away := now.Sub(at)
	return away <= Tolerance && away >= -Tolerance
}

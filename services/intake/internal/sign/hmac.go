package sign

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxSignatures bounds how many signatures of one request are looked at.
const maxSignatures = 8

// bodySigned is HMAC-SHA256 of the body in hexadecimal digits, which most senders use.
// Sources: the documentation of GitHub, Gitea and Sentry, and PagerDuty's of its third
// version of webhooks, which sends several signatures while secrets are rotated.
type bodySigned struct {
	// header holds the signatures, with commas between them; those without prefix are
	// of another version.
	header, prefix string
	// id names the header that tells deliveries apart. It is not signed.
	id string
}

func (s bodySigned) verify(keys []string, header http.Header, body []byte) (id string, err error) {
	if header.Get(s.header) == "" {
		return "", ErrMissing
	}
	if !anySigned(keys, s.signatures(header), body) {
		return "", ErrWrong
	}
	return unsigned(header.Get(s.id), body), nil
}

func (s bodySigned) signatures(header http.Header) []string {
	var list []string
	for i, text := range strings.SplitN(header.Get(s.header), ",", maxSignatures+1) {
		if signature, ok := strings.CutPrefix(strings.TrimSpace(text), s.prefix); ok && i < maxSignatures {
			list = append(list, signature)
		}
	}
	return list
}

// anySigned tells whether one of the signatures was made with one of the keys.
func anySigned(keys, signatures []string, signed ...[]byte) bool {
	found := false
	for _, key := range keys {
		mac := hmac.New(sha256.New, []byte(key))
		for _, part := range signed {
			mac.Write(part)
		}
		want := mac.Sum(nil)
		for _, signature := range signatures {
			got, err := hex.DecodeString(signature)
			found = err == nil && hmac.Equal(got, want) || found
		}
	}
	return found
}

// unsigned makes an id of one that the signature does not cover: it counts for the same
// body only.
func unsigned(id string, body []byte) string {
	if id == "" {
		return ""
	}
	sum := sha256.Sum256(body)
	return id + " " + hex.EncodeToString(sum[:])
}

// grafanaHeader is where Grafana's alerting signs by default.
const grafanaHeader = "X-Grafana-Alerting-Signature"

// verifyGrafana reads the signature of Grafana's alerting. Where a header for the time is
// set, the signed text is the time in seconds, a colon and the body. Source: Grafana's
// documentation of the webhook notifier.
func verifyGrafana(timestampHeader string, keys []string, header http.Header, body []byte, now time.Time) (id string, err error) {
	signature := header.Get(grafanaHeader)
	if signature == "" {
		return "", ErrMissing
	}
	if timestampHeader == "" {
		if !anySigned(keys, []string{signature}, body) {
			return "", ErrWrong
		}
		return "", nil
	}
	stamp := header.Get(timestampHeader)
	if stamp == "" {
		return "", ErrMissing
	}
	if !anySigned(keys, []string{signature}, []byte(stamp), []byte(":"), body) {
		return "", ErrWrong
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || !near(time.Unix(seconds, 0), now) {
		return "", ErrOld
	}
	return strings.ToLower(signature), nil // of this body at this second
}

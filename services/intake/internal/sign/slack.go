package sign

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// verifySlack reads a signature of Slack's version v0: HMAC-SHA256, in hexadecimal digits,
// of "v0:", the time in seconds, a colon and the body. Source: Slack's documentation of how
// requests are verified.
func verifySlack(keys []string, header http.Header, body []byte, now time.Time) (id string, err error) {
	const version = "v0"
	stamp, text := header.Get("X-Slack-Request-Timestamp"), header.Get("X-Slack-Signature")
	if stamp == "" || text == "" {
		return "", ErrMissing
	}
	signature, ok := strings.CutPrefix(text, version+"=")
	if !ok || !anySigned(keys, []string{signature}, []byte(version+":"+stamp+":"), body) {
		return "", ErrWrong
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || !near(time.Unix(seconds, 0), now) {
		return "", ErrOld
	}
	return strings.ToLower(signature), nil // of this body at this second
}

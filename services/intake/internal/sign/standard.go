package sign

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// minStandardKey is the least number of bytes of a key. Source: the Standard Webhooks
// specification. The library would take an empty one.
const minStandardKey = 24

// maxStandardID bounds an id that is remembered, in bytes.
const maxStandardID = 256

// verifyStandard reads the three headers of Standard Webhooks, by the official library,
// which would ask the clock of the machine itself. Svix sends the same by names of its
// own. The id is signed and stays the same when the sender repeats a message.
func verifyStandard(keys []string, header http.Header, body []byte, now time.Time) (id string, err error) {
	three := http.Header{}
	for _, name := range []string{standardwebhooks.HeaderWebhookID, standardwebhooks.HeaderWebhookTimestamp, standardwebhooks.HeaderWebhookSignature} {
		value := header.Get(name)
		if value == "" {
			value = header.Get("svix" + strings.TrimPrefix(name, "webhook"))
		}
		if value == "" {
			return "", ErrMissing
		}
		three.Set(name, value)
	}
	id = three.Get(standardwebhooks.HeaderWebhookID)
	signed, usable := false, false
	for _, key := range keys {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(key, "whsec_"))
		if err != nil || len(raw) < minStandardKey {
			continue
		}
		hook, err := standardwebhooks.NewWebhookRaw(raw)
		if err != nil {
			continue
		}
		usable = true
		signed = hook.VerifyIgnoringTimestamp(body, three) == nil || signed
	}
	switch {
	case !usable:
		return "", ErrSecret
	case !signed || len(id) > maxStandardID:
		return "", ErrWrong
	}
	seconds, err := strconv.ParseInt(three.Get(standardwebhooks.HeaderWebhookTimestamp), 10, 64)
	if err != nil || !near(time.Unix(seconds, 0), now) {
		return "", ErrOld
	}
	return id, nil
}

package tee

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/pkg/secretref"
	"github.com/bridgelog/bridgelog/services/notifier/internal/retry"
)

// pointAfterForward is the instant between what another tool accepted and the ledger, at
// which the process may die.
var pointAfterForward = failpoint.New("tee.after_forward")

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 64 << 10

// sendTimeout bounds telling one thing: two calls where the first is refused.
const sendTimeout = 20 * time.Second

// Caller makes calls; a guarded client does, see [netguard.Guard.Client].
type Caller interface {
	// Do performs a request.
	Do(r *http.Request) (*http.Response, error)
}

// send makes one call. It returns no error: whatever happens is the outcome. A note that
// cannot be passed on as it came is skipped. why says why the sender's words are missing.
func (f *Forwarder) send(ctx context.Context, integration *catalog.Resource, action Action, about About, why string) (o outcome, skipped bool) {
	spec := integration.Spec.GetIntegration()
	key, err := secretref.Read(spec.GetSecrets()[catalog.TeeSecrets()[spec.GetType()]])
	if err != nil {
		// Where it was looked for is the operator's business; it may be there later.
		f.Logger.WarnContext(ctx, "a secret of an integration cannot be read", "integration", integration.Name, "error", err)
		return outcome{problem: "its secret is missing where the notifier runs, whose log says more"}, false
	}
	to := Tool{Type: spec.GetType(), URL: spec.GetUrl(), Key: strings.TrimSpace(key)}
	if action == Note {
		if _, ok := passedOn(to, action, about); !ok {
			return outcome{}, true
		}
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	o, built, err := f.build(ctx, to, action, about)
	if err == nil && o.refused && built.Own && action != Note {
		// The door takes more than the tool does: it has to hear of the alert all the same.
		why = "the tool refused what was sent: " + o.problem
		about.Raw = nil
		o, built, err = f.build(ctx, to, action, about)
	}
	if err != nil {
		return outcome{problem: err.Error(), final: true}, false
	}
	if action == Trigger && why == "" && !built.Own {
		_, why = rawAlert(about)
	}
	o.how = inWhoseWords(built.Own, comesFrom(to.Type, about.State.Fired.Source) && about.Raw != nil, why)
	return o, false
}

// build makes a request and calls.
func (f *Forwarder) build(ctx context.Context, to Tool, action Action, about About) (outcome, Request, error) {
	built, err := Build(to, action, about)
	if err != nil {
		return outcome{}, built, err
	}
	return f.call(ctx, built), built, nil
}

// inWhoseWords ends the sentence that something was forwarded.
func inWhoseWords(own, could bool, why string) string {
	switch {
	case own:
		return " as it was sent"
	case why == "" && could:
		why = whyForeign
	case why == "":
		return ""
	}
	return ", in words of our own: " + why
}

// call makes a call.
func (f *Forwarder) call(ctx context.Context, built Request) outcome {
	target, err := netguard.CheckURL(built.URL)
	if err != nil {
		return outcome{problem: err.Error(), final: true}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(built.Body))
	if err != nil {
		return outcome{problem: "the URL cannot be called", final: true}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Bridgelog-Tee/1")
	maps.Copy(request.Header, built.Header)
	answer, err := f.Caller.Do(request)
	if err != nil {
		return unreachable(err)
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer)) // so that the connection can be used again
	return judge(answer, f.Now())
}

// judge reads the status of an answer: 408, 429 and 5xx may be accepted later, nothing else.
func judge(answer *http.Response, now time.Time) outcome {
	code := answer.StatusCode
	switch {
	case code >= http.StatusOK && code < http.StatusMultipleChoices:
		return outcome{accepted: true}
	case code == http.StatusRequestTimeout || code == http.StatusTooManyRequests || code >= http.StatusInternalServerError:
		return outcome{problem: "it answered " + strconv.Itoa(code), retryAfter: retry.After(answer.Header.Get("Retry-After"), now)}
	}
	return outcome{problem: "it answered " + strconv.Itoa(code), final: true, refused: code >= http.StatusBadRequest}
}

// unreachable puts an error into our words: text of the network may hold what is inside.
func unreachable(err error) outcome {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, netguard.ErrForbidden):
		return outcome{problem: netguard.ErrForbidden.Error()}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return outcome{problem: "there was no whole answer in time"}
	}
	return outcome{problem: "it could not be reached"}
}

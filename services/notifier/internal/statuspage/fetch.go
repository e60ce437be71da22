package statuspage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/services/notifier/internal/retry"
)

// Type is that of integrations which this package reads.
const Type = "statuspage"

// Timeout bounds one request, from dialling to the last byte.
const Timeout = 10 * time.Second

// maxBody bounds a document, in bytes: the largest known one is a tenth of it.
const maxBody = 8 << 20

// agent names us to those who run pages.
const agent = "Bridgelog-Statuspage/1 (polls once a minute or slower)"

// ErrNoAnswer: the page did not answer with a summary; the text says why, in our words.
var ErrNoAnswer = errors.New("the page cannot be read")

// Validators are what a page wants to hear of the last answer.
type Validators struct {
	ETag, LastModified string
}

// Answer is what came of asking a page.
type Answer struct {
	// Unchanged is true when the page is as it was.
	Unchanged  bool
	Summary    Summary
	Validators Validators
	// RetryAfter is how long the page asked not to be asked again; 0 for nothing.
	RetryAfter time.Duration
}

// Fetch asks a page for its summary. Whatever goes wrong is [ErrNoAnswer]; then only
// RetryAfter counts.
func Fetch(ctx context.Context, client *http.Client, url string, v Validators, now time.Time) (Answer, error) {
	target, err := netguard.CheckURL(strings.TrimRight(url, "/") + "/api/v2/summary.json")
	if err != nil {
		return Answer{}, fmt.Errorf("%w: its url: %w", ErrNoAnswer, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return Answer{}, fmt.Errorf("%w: its url is none", ErrNoAnswer)
	}
	request.Header.Set("User-Agent", agent)
	request.Header.Set("Accept", "application/json")
	if v.ETag != "" {
		request.Header.Set("If-None-Match", v.ETag)
	}
	if v.LastModified != "" {
		request.Header.Set("If-Modified-Since", v.LastModified)
	}
	answer, err := client.Do(request)
	if err != nil {
		return Answer{}, explain(err)
	}
	defer func() { _ = answer.Body.Close() }()
	a := Answer{RetryAfter: retry.After(answer.Header.Get("Retry-After"), now), Validators: validators(answer.Header)}
	switch {
	case answer.StatusCode == http.StatusNotModified:
		a.Unchanged, a.Validators = true, v
		return a, nil
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		return a, fmt.Errorf("%w: it answered %d: redirects are not followed, give the final URL", ErrNoAnswer, answer.StatusCode)
	case answer.StatusCode != http.StatusOK:
		return a, fmt.Errorf("%w: it answered %s", ErrNoAnswer, strconv.Itoa(answer.StatusCode))
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxBody+1))
	switch {
	case err != nil:
		return a, explain(err)
	case len(data) > maxBody:
		return a, fmt.Errorf("%w: its summary is too large", ErrNoAnswer)
	}
	if a.Summary, err = Parse(data); err != nil {
		return a, fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	return a, nil
}

// validators are kept within bounds.
func validators(h http.Header) Validators {
	const longest = 256
	v := Validators{ETag: h.Get("ETag"), LastModified: h.Get("Last-Modified")}
	if len(v.ETag) > longest {
		v.ETag = ""
	}
	if len(v.LastModified) > longest {
		v.LastModified = ""
	}
	return v
}

// explain puts an error into our words.
func explain(err error) error {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, netguard.ErrForbidden):
		return fmt.Errorf("%w: %w (allow-private-receivers)", ErrNoAnswer, netguard.ErrForbidden)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("%w: there was no whole answer in time", ErrNoAnswer)
	}
	return fmt.Errorf("%w: it could not be reached", ErrNoAnswer)
}

package prometheus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/api"
	apiv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/bridgelog/bridgelog/pkg/check"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/pkg/secretref"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Type is that of integrations which this package asks.
const Type = "prometheus"

// Timeout bounds one query, from dialling to the last byte.
const Timeout = 10 * time.Second

// maxBody bounds an answer, in bytes: far more than a hundred points need.
const maxBody = 1 << 20

var (
	// ErrUnreachable: there was no answer; it makes no sense to ask for more.
	ErrUnreachable = errors.New("could not be reached")
	// ErrMisconfigured: the integration cannot be used as it is.
	ErrMisconfigured = errors.New("cannot be asked")
	// ErrRefused: it answered, and the answer is of no use.
	ErrRefused = errors.New("did not answer the query")
)

// SecretError says that a secret of the integration cannot be read. Its text may be shown:
// it names the secret, and not where that was looked for.
type SecretError struct {
	// Name is that of the secret in the integration.
	Name string
	// Cause says where it was looked for, for the operator alone.
	Cause error
}

// Error implements error.
func (e *SecretError) Error() string {
	return "its secret " + e.Name + " is missing where the notifier runs, whose log says more"
}

// Source asks. It is safe for concurrent use.
type Source struct {
	// Client is a guarded client, see [netguard.Guard.Client].
	Client *http.Client
}

// Query returns the values of a query between two times, both included, with offsets
// from the first. Errors are [ErrUnreachable], [ErrMisconfigured] and [ErrRefused], with
// what is wrong in words that may be shown.
func (s *Source) Query(ctx context.Context, i *catalogv1.IntegrationSpec, query string, from, until time.Time, step time.Duration) (check.Series, error) {
	target, err := netguard.CheckURL(i.GetUrl())
	if err != nil {
		return nil, fmt.Errorf("%w: its url: %w", ErrMisconfigured, err)
	}
	client := *s.Client
	client.Transport, err = dressed(s.Client.Transport, i)
	if err != nil {
		return nil, err
	}
	c, err := api.NewClient(api.Config{Address: target.String(), Client: &client})
	if err != nil {
		return nil, fmt.Errorf("%w: its url is none", ErrMisconfigured)
	}
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	value, _, _, err := apiv1.NewAPI(c).QueryRange(ctx, query, apiv1.Range{Start: from, End: until, Step: step}, apiv1.WithTimeout(Timeout))
	if err != nil {
		return nil, explain(err)
	}
	return seriesOf(value, from)
}

func seriesOf(value model.Value, from time.Time) (check.Series, error) {
	matrix, ok := value.(model.Matrix)
	switch {
	case !ok:
		return nil, fmt.Errorf("%w: what came is no range of values", ErrRefused)
	case len(matrix) == 0:
		return nil, nil
	case len(matrix) > 1:
		return nil, fmt.Errorf("%w: it gives %d series, and one is wanted: take their sum, or select one", ErrRefused, len(matrix))
	}
	var out check.Series
	for _, v := range matrix[0].Values {
		out = append(out, incident.CheckPoint{Offset: v.Timestamp.Time().Sub(from).Round(time.Second), Value: float64(v.Value)})
	}
	return out, nil
}

// explain puts an error into our words: text of the network, or of whoever answered,
// could tell somebody what is not theirs to know.
func explain(err error) error {
	var answered *apiv1.Error
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, netguard.ErrForbidden):
		return fmt.Errorf("%w: %w (allow-private-receivers)", ErrUnreachable, netguard.ErrForbidden)
	case errors.Is(err, errTooLarge):
		return fmt.Errorf("%w: its answer is too large", ErrRefused)
	case errors.As(err, &answered):
		return refusal(answered)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("%w: there was no whole answer within %s", ErrUnreachable, Timeout)
	}
	return ErrUnreachable
}

func refusal(e *apiv1.Error) error {
	switch e.Type {
	case apiv1.ErrBadData:
		return fmt.Errorf("%w: the query is not valid PromQL: try it in Prometheus itself", ErrRefused)
	case apiv1.ErrTimeout, apiv1.ErrCanceled:
		return fmt.Errorf("%w: it took too long", ErrRefused)
	case apiv1.ErrExec:
		return fmt.Errorf("%w: the query could not be carried out", ErrRefused)
	case apiv1.ErrBadResponse:
		return fmt.Errorf("%w: what answers is no Prometheus", ErrRefused)
	case apiv1.ErrServer:
		return fmt.Errorf("%w: it answered with an error of its own", ErrUnreachable)
	case apiv1.ErrClient:
		return fmt.Errorf("%w: it refused: check url and secrets of the integration", ErrRefused)
	}
	return ErrRefused
}

// errTooLarge: more was sent than is read.
var errTooLarge = errors.New("the answer is too large")

// dress gives requests what the integration asks for, and bounds what comes back.
type dress struct {
	base http.RoundTripper
	// credentials is the header Authorization; empty: none.
	user, password, bearer string
}

// dressed reads the secrets: bearer, or password with the setting username.
func dressed(base http.RoundTripper, i *catalogv1.IntegrationSpec) (http.RoundTripper, error) {
	d := &dress{base: base, user: i.GetSettings()["username"]}
	for name, into := range map[string]*string{"bearer": &d.bearer, "password": &d.password} {
		reference := i.GetSecrets()[name]
		if reference == "" {
			continue
		}
		text, err := secretref.Read(reference)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMisconfigured, &SecretError{Name: name, Cause: err})
		}
		*into = strings.TrimSpace(text)
	}
	return d, nil
}

// RoundTrip implements http.RoundTripper.
func (d *dress) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", "Bridgelog-Checks/1")
	switch {
	case d.bearer != "":
		r.Header.Set("Authorization", "Bearer "+d.bearer)
	case d.user != "" || d.password != "":
		r.SetBasicAuth(d.user, d.password)
	}
	answer, err := d.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = &bounded{ReadCloser: answer.Body, left: maxBody}
	return answer, nil
}

// bounded is a body of which no more than a number of bytes is read.
type bounded struct {
	io.ReadCloser

	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err //nolint:wrapcheck // io.EOF has to stay what it is
}

package door

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// registerOpsgenie adds the addresses of Opsgenie's Alert API, version 2. A token is
// the key of an integration there: it stands behind the word GenieKey.
func (h *Handler) registerOpsgenie(mux *http.ServeMux) {
	for _, own := range []string{"", "/hooks/opsgenie/{token}"} {
		for address, method := range map[string]string{
			"": http.MethodPost, "/{identifier}/close": http.MethodPost, "/{identifier}/acknowledge": http.MethodPost,
			"/{identifier}/notes": http.MethodPost, "/{identifier}/message": http.MethodPut,
			"/{identifier}/description": http.MethodPut, "/{identifier}/priority": http.MethodPut,
		} {
			mux.HandleFunc(method+" "+own+source.OpsgeniePath+address, h.opsgenie)
		}
	}
}

// opsgenie takes one request of the API. What it asks for is in its address, so the
// line of the request is kept before its body.
func (h *Handler) opsgenie(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	r.Header.Set("Authorization", genieKey(r.Header.Get("Authorization")))
	target := *r.URL
	if i := strings.Index(target.Path, source.OpsgeniePath); i > 0 { // behind our own address with its token
		target = url.URL{Path: target.Path[i:], RawQuery: target.RawQuery}
		if raw := r.URL.EscapedPath(); strings.Contains(raw, source.OpsgeniePath) {
			target.RawPath = raw[strings.Index(raw, source.OpsgeniePath):]
		}
	}
	line := source.OpsgenieLine(r.Method, &target)
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(strings.NewReader(line), r.Body), r.Body}
	if r.ContentLength >= 0 {
		r.ContentLength += int64(len(line))
	}
	h.serve(opsgenieDialect(began))(w, r)
}

// tokensOnly tells whether no signature lets anybody in at a door: what a request of
// Opsgenie's API asks for is in its address, which no scheme signs.
func tokensOnly(door string) bool { return door == source.Opsgenie{}.Name() }

// genieKey says in our words who sends.
func genieKey(authorization string) string {
	const scheme = "GenieKey "
	if len(authorization) > len(scheme) && strings.EqualFold(authorization[:len(scheme)], scheme) {
		return "Bearer " + strings.TrimSpace(authorization[len(scheme):])
	}
	return authorization
}

// opsgenieDialect answers as the API does. A request that can be read but not carried
// out is 422 there, and one that cannot be read 400.
func opsgenieDialect(began time.Time) dialect {
	took := func() float64 { return time.Since(began).Seconds() }
	return dialect{
		source: source.Opsgenie{}.Name(),
		accept: func(w http.ResponseWriter, key string) {
			w.Header().Set("X-Request-Id", key)
			answerJSON(w, http.StatusAccepted, map[string]any{"result": "Request will be processed", "took": took(), "requestId": key})
		},
		refuse: func(w http.ResponseWriter, status int, message string) {
			if status == http.StatusBadRequest && !strings.Contains(message, "JSON") {
				status = http.StatusUnprocessableEntity
			}
			answerJSON(w, status, map[string]any{"message": message, "took": took(), "requestId": uuid.NewString()})
		},
	}
}

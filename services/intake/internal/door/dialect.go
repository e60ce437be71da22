package door

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// dialect is how senders of one kind ask, and want to be answered. What they say is
// read by their source.
type dialect struct {
	// source is the name of the source.
	source string
	// path is where it posts to, besides the door of the source.
	path string
	// reveal finds the token in a body that carries it, and returns the body as it may
	// be kept, without it; nil where bodies carry none.
	reveal func(body []byte) (token string, kept []byte)
	// tokenInQuery is true where access_token in the address's query may hold the token.
	tokenInQuery bool
	// keeps tells whether a header, by its name in lower case, is kept with the body; nil:
	// none is.
	keeps func(name string) bool
	// handshake answers whoever asks, before it sends, whether it may; nil where senders
	// do not ask.
	handshake func(w http.ResponseWriter, r *http.Request)
	// shrugs is true where a request that cannot be understood, and is kept, is answered
	// as accepted: a refusal would make the sender repeat it, or stop sending.
	shrugs bool
	// accept answers a request that is stored. key is what the sender may name it by.
	accept func(w http.ResponseWriter, key string)
	// refuse answers one that is not.
	refuse func(w http.ResponseWriter, status int, message string)
}

// hide takes the token out of a signal whose body carries one.
func (d dialect) hide(signal *signalv1.RawSignal) (token string) {
	if d.reveal != nil {
		token, signal.Body = d.reveal(signal.GetBody())
	}
	return token
}

// headers are those of a request that are kept, within maxHeaders bytes.
func (d dialect) headers(r *http.Request) map[string]string {
	if d.keeps == nil {
		return nil
	}
	kept, left := map[string]string{}, maxHeaders
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		value := strings.ToValidUTF8(r.Header.Get(name), "\uFFFD")
		if lower := strings.ToLower(name); d.keeps(lower) && len(lower)+len(value) <= left {
			kept[lower] = value
			left -= len(lower) + len(value)
		}
	}
	return kept
}

// maxHeaders bounds what is kept of the headers of one request, in bytes.
const maxHeaders = 16 << 10

// dialects are those of senders with habits of their own.
func dialects() []dialect {
	return []dialect{pagerDutyV2(), pagerDutyV1(), pagerDutyChange(), cloudEvents()}
}

// plainly is the dialect of everybody else.
func plainly(source string) dialect {
	return dialect{
		source: source, shrugs: source != "alertmanager" && source != "grafana",
		accept: func(w http.ResponseWriter, _ string) { w.WriteHeader(http.StatusAccepted) },
		refuse: func(w http.ResponseWriter, status int, message string) { http.Error(w, message, status) },
	}
}

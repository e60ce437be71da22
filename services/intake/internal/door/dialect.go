package door

import (
	"net/http"

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

// dialects are those with an address of their own.
func dialects() []dialect { return []dialect{pagerDutyV2(), pagerDutyV1()} }

// plainly is the dialect of everybody else.
func plainly(source string) dialect {
	return dialect{
		source: source,
		accept: func(w http.ResponseWriter, _ string) { w.WriteHeader(http.StatusAccepted) },
		refuse: func(w http.ResponseWriter, status int, message string) { http.Error(w, message, status) },
	}
}

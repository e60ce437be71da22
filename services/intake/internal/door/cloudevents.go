package door

import (
	"net/http"
	"strings"
)

// cloudEvents is how CloudEvents come over HTTP: in binary mode the attributes are
// headers. Before a sender delivers it may ask whether it is allowed to. Source: the HTTP
// binding and the webhook specification of CloudEvents 1.0.
func cloudEvents() dialect {
	d := plainly("cloudevents")
	d.tokenInQuery = true
	d.keeps = func(name string) bool { return strings.HasPrefix(name, "ce-") }
	d.handshake = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", http.MethodPost)
		if origin := r.Header.Get("WebHook-Request-Origin"); origin != "" {
			w.Header().Set("WebHook-Allowed-Origin", origin)
			w.Header().Set("WebHook-Allowed-Rate", "*")
		}
		w.WriteHeader(http.StatusOK)
	}
	return d
}

// greet answers a sender that asks whether it may send: whoever has an address may.
func (h *Handler) greet(d dialect) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, refused := h.meet(r, d); refused != nil {
			h.o.Metrics.refused(refused.reason)
			d.refuse(w, refused.status, refused.message)
			return
		}
		d.handshake(w, r)
	}
}

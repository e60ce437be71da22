package door

import (
	"errors"
	"net/http"
	"time"

	"github.com/bridgelog/bridgelog/pkg/auth"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// admitAdmin answers itself when the caller is no admin.
func (h *Handler) admitAdmin(w http.ResponseWriter, r *http.Request) bool {
	principal, err := h.o.Accounts.Authenticate(r.Context(), r.Header.Get("Authorization"))
	switch {
	case errors.Is(err, auth.ErrStale):
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	case err != nil:
		http.Error(w, err.Error(), http.StatusUnauthorized)
	case !principal.Has(authv1.AccountRole_ACCOUNT_ROLE_ADMIN):
		http.Error(w, "raw signals are for admins: use a token with that role", http.StatusForbidden)
	default:
		return true
	}
	return false
}

// evidence answers with a raw signal as it came. It may tell of private incidents,
// so it is for admins.
func (h *Handler) evidence(w http.ResponseWriter, r *http.Request) {
	if !h.admitAdmin(w, r) {
		return
	}
	signal, ok := h.find(w, r)
	if !ok {
		return
	}
	unread, err := h.whyUnread(r.Context(), signal)
	if err != nil {
		h.o.Logger.WarnContext(r.Context(), "unread signals not listed", "error", err)
		http.Error(w, "the signal cannot be read now: try again", http.StatusServiceUnavailable)
		return
	}
	header := w.Header()
	// Whatever a sender wrote must not run in a browser.
	header.Set("Content-Type", "application/octet-stream")
	header.Set("Content-Disposition", `attachment; filename="signal"`)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Bridgelog-Source", signal.GetSource())
	header.Set("Bridgelog-Content-Type", signal.GetContentType())
	header.Set("Bridgelog-Received", time.UnixMicro(signal.GetReceivedAtUs()).UTC().Format(time.RFC3339Nano))
	if unread != "" {
		header.Set("Bridgelog-Unread", unread)
	}
	_, _ = w.Write(signal.GetBody()) // an attachment that is not sniffed; an error means that the client is gone
}

package door

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// Bounds of a list of unread signals.
const (
	unreadByDefault = 100
	maxUnreadList   = 1000
	// unreadFor is how far back the list goes when nothing is said.
	unreadFor = 7 * 24 * time.Hour
)

// setAside stores what cannot be understood, so that it can be replayed when it can.
func (h *Handler) setAside(r *http.Request, signal *signalv1.RawSignal, reason error) *refusal {
	signal.Unread = signals.Reason(reason)
	if refused := h.store(r, signal); refused != nil {
		return refused
	}
	h.o.Metrics.unread(signal.GetSource())
	return &refusal{status: http.StatusBadRequest, reason: "malformed", message: reason.Error(), kept: true}
}

// unreadSignal is one of the list. The form is stable.
type unreadSignal struct {
	ID           string    `json:"id"`
	Source       string    `json:"source"`
	Sender       string    `json:"sender"`
	ReceivedTime time.Time `json:"received_time"`
	ContentType  string    `json:"content_type,omitempty"`
	Bytes        int       `json:"bytes"`
	Reason       string    `json:"reason"`
}

// unread answers admins with what could not be understood, the newest first.
func (h *Handler) unread(w http.ResponseWriter, r *http.Request) {
	if !h.admitAdmin(w, r) {
		return
	}
	since, limit := h.o.Now().Add(-unreadFor), unreadByDefault
	if text := r.URL.Query().Get("since"); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			http.Error(w, "since: write it as RFC 3339, for example 2026-01-02T15:04:05Z", http.StatusBadRequest)
			return
		}
		since = at
	}
	if text := r.URL.Query().Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxUnreadList {
			http.Error(w, "limit: from 1 to "+strconv.Itoa(maxUnreadList), http.StatusBadRequest)
			return
		}
		limit = n
	}
	list, err := h.o.Signals.Unread(r.Context(), since, limit)
	if err != nil {
		h.o.Logger.WarnContext(r.Context(), "unread signals not listed", "error", err)
		http.Error(w, "the signals cannot be read now: try again", http.StatusServiceUnavailable)
		return
	}
	found := make([]unreadSignal, len(list))
	for i, u := range list {
		s := u.Signal
		found[i] = unreadSignal{
			ID: s.GetId(), Source: s.GetSource(), Sender: s.GetPrincipal(), ReceivedTime: time.UnixMicro(s.GetReceivedAtUs()).UTC(),
			ContentType: s.GetContentType(), Bytes: u.Size, Reason: s.GetUnread(),
		}
	}
	answerJSON(w, http.StatusOK, map[string]any{"signals": found})
}

// replay reads a signal anew and hands it over as if it had just come, with its own id
// and time of arrival: what it said before is not said twice.
func (h *Handler) replay(w http.ResponseWriter, r *http.Request) {
	if !h.admitAdmin(w, r) {
		return
	}
	signal, ok := h.find(w, r)
	if !ok {
		return
	}
	again := proto.CloneOf(signal)
	again.Unread, again.Replayed, again.Once = "", false, "" // as often as somebody wants it
	from, ok := h.o.Sources.Find(again.GetSource())
	if !ok {
		http.Error(w, "there is no such door any more", http.StatusUnprocessableEntity)
		return
	}
	batch, err := from.Parse(source.SignalOf(again))
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	// Whether it is among the unread the signal itself does not tell: one that was read
	// when it came may have been set aside later.
	done := &signalv1.RawSignal{
		Id: again.GetId(), Source: again.GetSource(), ReceivedAtUs: again.GetReceivedAtUs(), Principal: again.GetPrincipal(), Replayed: true,
	}
	for _, step := range []*signalv1.RawSignal{again, done} {
		if err := h.o.Signals.Put(r.Context(), step); err != nil {
			h.o.Logger.WarnContext(r.Context(), "signal not replayed", "error", err)
			w.Header().Set("Retry-After", "5")
			http.Error(w, "the signal could not be stored: replay it again", http.StatusServiceUnavailable)
			return
		}
	}
	answerJSON(w, http.StatusAccepted, map[string]any{"id": again.GetId(), "source": again.GetSource(), "alerts": len(batch.Alerts)})
}

// whyUnread says why a signal could not be read; empty when it could. One that was read
// when it came may have been set aside later: a note then tells, until it is replayed.
func (h *Handler) whyUnread(ctx context.Context, signal *signalv1.RawSignal) (string, error) {
	if signal.GetUnread() != "" {
		return signal.GetUnread(), nil
	}
	list, err := h.o.Signals.Unread(ctx, time.UnixMicro(signal.GetReceivedAtUs()), math.MaxInt)
	if err != nil {
		return "", err
	}
	for _, u := range list {
		if u.Signal.GetId() == signal.GetId() {
			return u.Signal.GetUnread(), nil
		}
	}
	return "", nil
}

// find answers itself when there is no such signal.
func (h *Handler) find(w http.ResponseWriter, r *http.Request) (*signalv1.RawSignal, bool) {
	signal, err := h.o.Signals.Find(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, signals.ErrNotFound):
		http.Error(w, "there is no such signal; old ones are forgotten", http.StatusNotFound)
	case err != nil:
		h.o.Logger.WarnContext(r.Context(), "signal not read", "error", err)
		http.Error(w, "the signal cannot be read now: try again", http.StatusServiceUnavailable)
	}
	return signal, err == nil
}

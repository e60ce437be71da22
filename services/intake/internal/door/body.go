package door

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// take reserves the room for a body of at most so many bytes until release is called; false
// when there is none.
func (h *Handler) take(r *http.Request, stranger bool, most int) (release func(), ok bool) {
	room := h.room(r, most)
	if !h.bytes.TryAcquire(room) {
		return nil, false
	}
	if !stranger {
		return func() { h.bytes.Release(room) }, true
	}
	// However small, so many bodies count as much as all that strangers may send.
	share := min(max(room, int64(h.o.MaxBytes/h.o.MaxRequests)), int64(h.o.MaxBytes/strangersShare))
	if !h.strangers.TryAcquire(share) {
		h.bytes.Release(room)
		return nil, false
	}
	return func() {
		h.strangers.Release(share)
		h.bytes.Release(room)
	}, true
}

// most is how many bytes the body of a source may have. What can be divided may have more
// than a message of the log holds.
func (h *Handler) most(from source.Source) int {
	if _, ok := from.(source.Divisible); ok {
		return max(h.o.MaxBody, h.o.MaxGroup)
	}
	return h.o.MaxBody
}

// room is how many bytes the body may take.
func (h *Handler) room(r *http.Request, most int) int64 {
	if n := r.ContentLength; n >= 0 && n < int64(most) {
		return n
	}
	return int64(min(most, h.o.MaxBytes))
}

func (h *Handler) read(w http.ResponseWriter, r *http.Request, most int) ([]byte, *refusal) {
	// A recorder has no deadline to set; a server has.
	_ = http.NewResponseController(w).SetReadDeadline(h.o.Now().Add(readTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(most)))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, aboveLimit(most)
	case err != nil:
		return nil, later("interrupted", "the body did not arrive whole: send it again")
	}
	return body, nil
}

func aboveLimit(most int) *refusal {
	return &refusal{
		status: http.StatusRequestEntityTooLarge, reason: "too_large",
		message: fmt.Sprintf("the body has more than %d bytes: set max_alerts in the sender, or group by more labels", most),
	}
}

// keepAll stores a signal, in parts where it has to be divided. All of them are stored, or
// the answer is that it has to come again, and what is stored already is no harm then.
func (h *Handler) keepAll(r *http.Request, from source.Source, signal *signalv1.RawSignal) (key string, refused *refusal) {
	if len(signal.GetBody()) <= h.o.MaxBody {
		return h.keep(r, from, signal)
	}
	divisible, ok := from.(source.Divisible)
	var parts [][]byte
	if ok {
		parts = divisible.Divide(signal.GetBody(), h.o.MaxBody)
	}
	if len(parts) == 0 {
		return "", aboveLimit(h.o.MaxBody)
	}
	var unread *refusal
	for i, body := range parts {
		part := &signalv1.RawSignal{
			Source: signal.GetSource(), ContentType: signal.GetContentType(), Principal: signal.GetPrincipal(), Headers: signal.GetHeaders(), Body: body,
		}
		if once := signal.GetOnce(); once != "" {
			part.Once = fmt.Sprintf("%s/%d", once, i)
		}
		key, refused = h.keep(r, from, part)
		switch {
		case refused == nil:
		case refused.kept:
			unread = refused
		default:
			return "", refused
		}
	}
	return key, unread
}

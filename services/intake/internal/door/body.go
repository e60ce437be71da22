package door

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

// take reserves the room for a body until release is called; false when there is none.
func (h *Handler) take(r *http.Request, stranger bool) (release func(), ok bool) {
	room := h.room(r)
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

// room is how many bytes the body may take.
func (h *Handler) room(r *http.Request) int64 {
	if n := r.ContentLength; n >= 0 && n < int64(h.o.MaxBody) {
		return n
	}
	return int64(min(h.o.MaxBody, h.o.MaxBytes))
}

func (h *Handler) read(w http.ResponseWriter, r *http.Request) ([]byte, *refusal) {
	// A recorder has no deadline to set; a server has.
	_ = http.NewResponseController(w).SetReadDeadline(h.o.Now().Add(readTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(h.o.MaxBody)))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &refusal{
			status: http.StatusRequestEntityTooLarge, reason: "too_large",
			message: fmt.Sprintf("the body has more than %d bytes: set max_alerts in the sender, or group by more labels", h.o.MaxBody),
		}
	case err != nil:
		return nil, later("interrupted", "the body did not arrive whole: send it again")
	}
	return body, nil
}

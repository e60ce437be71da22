package door

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"

	"github.com/bridgelog/bridgelog/pkg/auth"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/sign"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// Sender is a system that the catalog lets send to a door.
type Sender struct {
	// ID is its own in the catalog.
	ID string
	// Signs is true when it signs; otherwise it sends a bearer token.
	Signs bool
	// Rule is how it signs.
	Rule sign.Rule
	// Disabled is true while nothing is taken from it.
	Disabled bool
	// Secrets returns those that it may sign with, as they are now, and an error when
	// there are others that cannot be read.
	Secrets func() ([]string, error)
}

// Senders finds a sender of a door by its name; nil when there is none. It returns
// [auth.ErrStale] when what is known of senders is too old to be believed.
type Senders func(source, name string) (*Sender, error)

// sender finds the sender that an address names; nil when it names none.
func (h *Handler) sender(r *http.Request, source string) (*Sender, *refusal) {
	name := r.PathValue("token")
	if name == "" || h.o.Senders == nil {
		return nil, nil
	}
	sender, err := h.o.Senders(source, name)
	switch {
	case errors.Is(err, auth.ErrStale):
		return nil, later("accounts_stale", err.Error())
	case err != nil:
		h.o.Logger.WarnContext(r.Context(), "sender not read", "source", source, "error", err)
		return nil, later("accounts_stale", "it is not known who may send: send it again")
	case sender != nil && sender.Disabled:
		return nil, &refusal{status: http.StatusForbidden, reason: "disabled", message: "nothing is taken from this sender: it is disabled"}
	case sender != nil && sender.Signs && tokensOnly(source):
		return nil, &refusal{
			status: http.StatusForbidden, reason: "forbidden",
			message: fmt.Sprintf("the door %s takes tokens only: leave out the scheme of this sender", source),
		}
	}
	return sender, nil
}

// visitor is what is known of whoever sends, before the body is read.
type visitor struct {
	// sender is the one that the address names; nil when it names none.
	sender *Sender
	// principal is who it is; empty until the body tells.
	principal string
}

func (v visitor) signs() bool    { return v.sender != nil && v.sender.Signs }
func (v visitor) stranger() bool { return v.principal == "" }

// meet says who sends, as far as that is known before the body is read.
func (h *Handler) meet(r *http.Request, d dialect) (who visitor, refused *refusal) {
	if who.sender, refused = h.sender(r, d.source); refused != nil || who.signs() {
		return who, refused
	}
	authorization := r.Header.Get("Authorization")
	if token := r.PathValue("token"); token != "" && who.sender == nil {
		authorization = "Bearer " + token
	}
	if token := r.URL.Query().Get("access_token"); d.tokenInQuery && token != "" && authorization == "" {
		authorization = "Bearer " + token
	}
	if authorization == "" && d.reveal != nil {
		return who, nil
	}
	who.principal, refused = h.authenticate(r, authorization)
	if who.sender != nil && refused == nil {
		who.principal = who.sender.ID // whose mapping reads it
	}
	return who, refused
}

// admitSigned stores a request that is signed. One that was taken before is accepted and
// not stored: its sender may not have heard the answer, and would repeat it for ever.
func (h *Handler) admitSigned(r *http.Request, d dialect, from source.Source, sender *Sender, signal *signalv1.RawSignal) (key string, refused *refusal) {
	signal.Principal = sender.ID
	id, refused := h.verify(r, sender, signal.GetBody())
	if refused != nil {
		return "", refused
	}
	switch h.memory.Begin(sender.ID, id) {
	case sign.Taken:
		h.o.Metrics.repeated(d.source)
		return "", nil
	case sign.Taking:
		return "", later("busy", "the same request is being taken: send it again")
	case sign.Fresh:
	}
	if id != "" {
		signal.Once = onceOf(sender.ID, id)
	}
	taken := false
	defer func() { h.memory.Done(sender.ID, id, taken) }()
	d.hide(signal)
	key, refused = h.keepAll(r, from, signal)
	taken = refused == nil || refused.kept
	return key, refused
}

// onceOf is what a signed request is known by, of whatever length its id is.
func onceOf(sender, id string) string {
	sum := sha256.Sum256([]byte(sender + " " + id))
	return hex.EncodeToString(sum[:16])
}

// verify checks the signature of a request and returns what it is remembered by.
func (h *Handler) verify(r *http.Request, sender *Sender, body []byte) (id string, refused *refusal) {
	secrets, unread := sender.Secrets()
	id, err := sign.Verify(sender.Rule, secrets, r.Header, body, h.o.Now())
	if unread != nil && errors.Is(err, sign.ErrWrong) {
		err = sign.ErrSecret // it may be the one that cannot be read
	}
	switch {
	case errors.Is(err, sign.ErrSecret):
		h.o.Logger.ErrorContext(r.Context(), "secret of a sender not usable", "sender", sender.ID, "error", errors.Join(err, unread))
		return "", later("no_secret", "the secret of this sender cannot be used here: send it again")
	case err != nil:
		return "", &refusal{status: http.StatusUnauthorized, reason: "unsigned", message: err.Error()}
	}
	return id, nil
}

package incident

import "errors"

// RejectionKind says what sort of refusal a Rejection is. Edges map it to their
// status codes once.
type RejectionKind uint8

// The kinds of refusal.
const (
	// InvalidArgument: the command is wrong in itself; Field names the culprit.
	InvalidArgument RejectionKind = iota + 1
	// WrongState: the command is fine, but not while the incident is as it is.
	WrongState
	// AlreadyDone: what is wanted has been done before and cannot be done twice.
	AlreadyDone
	// NotFound: there is no such thing, or the caller may not know that there is.
	NotFound
	// Denied: the caller may not do this.
	Denied
)

// String returns the name in lower case with '_', for example "wrong_state".
func (k RejectionKind) String() string {
	return nameOf([]string{"none", "invalid_argument", "wrong_state", "already_done", "not_found", "denied"}, k)
}

// Rejection is the one error that Decide and the parsers return.
type Rejection struct {
	Kind    RejectionKind
	Field   string // the command's field in snake_case that is at fault; may be empty
	Reason  string // stable word for machines, for example "already_resolved"
	Message string // one sentence for people that says what to do next
	// Incident is another incident to which the message points by its id, so that
	// edges can name it as people do; usually empty.
	Incident ID
}

// Error returns the message.
func (r *Rejection) Error() string { return r.Message }

// KindOf returns the kind of the Rejection in err's chain, or 0 when there is none.
func KindOf(err error) RejectionKind {
	if r, ok := errors.AsType[*Rejection](err); ok {
		return r.Kind
	}
	return 0
}

func invalid(field, reason, message string) error {
	return &Rejection{Kind: InvalidArgument, Field: field, Reason: reason, Message: message}
}

func wrongState(reason, message string) error {
	return &Rejection{Kind: WrongState, Reason: reason, Message: message}
}

// goOnAt refuses because the thing goes on under another incident.
func goOnAt(reason string, other ID, message string) error {
	return &Rejection{Kind: WrongState, Reason: reason, Message: message, Incident: other}
}

func alreadyDone(reason, message string) error {
	return &Rejection{Kind: AlreadyDone, Reason: reason, Message: message}
}

func notFound(field, reason, message string) error {
	return &Rejection{Kind: NotFound, Field: field, Reason: reason, Message: message}
}

func denied(reason, message string) error {
	return &Rejection{Kind: Denied, Reason: reason, Message: message}
}

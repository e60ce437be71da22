package rpc

import (
	"time"

	"google.golang.org/grpc/codes"
)

// Refusal is an error that a service decides itself, where neither the domain
// nor the log has one.
type Refusal struct {
	// Code is the status code.
	Code codes.Code
	// Reason is a stable word for machines, for example "request_id_reused".
	Reason string
	// Field is the request's field at fault; may be empty.
	Field string
	// Fields are all of them, where there are several.
	Fields []string
	// Message says what is wrong and what to do.
	Message string
	// RetryAfter is when the same call may succeed; 0: that is not said. Callers get it
	// as RetryInfo, and as the header Retry-After over HTTP.
	RetryAfter time.Duration
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// InvalidField refuses a request because of one field.
func InvalidField(field, reason, message string) error {
	return &Refusal{Code: codes.InvalidArgument, Reason: reason, Field: field, Message: message}
}

// OnlyServices refuses everybody but our own services: what only they may say, perhaps in
// one field, would be believed. The message says what others do instead.
func OnlyServices(field, message string) error {
	return &Refusal{Code: codes.PermissionDenied, Reason: "not_a_service", Field: field, Message: "only our own services " + message}
}

package rpc

import "google.golang.org/grpc/codes"

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
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// InvalidField refuses a request because of one field.
func InvalidField(field, reason, message string) error {
	return &Refusal{Code: codes.InvalidArgument, Reason: reason, Field: field, Message: message}
}

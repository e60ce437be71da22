package rpc

import (
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Failure is a status as clients show it: one line for people, and words that
// scripts can rely on. Its JSON form is the inside of {"error": …}.
type Failure struct {
	// Code is the gRPC code in snake_case, for example "invalid_argument".
	Code string `json:"code"`
	// Message is one sentence that says what is wrong and what to do.
	Message string `json:"message"`
	// Reason is a stable word, for example "unknown_severity".
	Reason string `json:"reason,omitempty"`
	// Field is the field at fault; the first when there are several.
	Field string `json:"field,omitempty"`
}

// FailureOf reads an error that a call returned.
func FailureOf(err error) Failure {
	s := status.Convert(err)
	f := Failure{Code: CodeName(s.Code()), Message: s.Message()}
	for _, d := range s.Details() {
		switch detail := d.(type) {
		case *errdetails.ErrorInfo:
			f.Reason = detail.GetReason()
		case *errdetails.BadRequest:
			if fields := detail.GetFieldViolations(); len(fields) > 0 {
				f.Field = fields[0].GetField()
			}
		}
	}
	return f
}

// CodeName is the code in snake_case, for example "not_found".
func CodeName(c codes.Code) string {
	var b strings.Builder
	for i, r := range c.String() {
		if r >= 'A' && r <= 'Z' {
			// OK is the one code whose capitals are not words.
			if i > 0 && c != codes.OK {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

package fault

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// ReasonUnknown is the ErrorInfo reason of an act whose outcome is unknown.
const ReasonUnknown = "outcome_unknown"

// From explains any error. A nil error has no fault.
func From(err error) *Fault {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*Fault](err); ok {
		return known
	}
	if rejection, ok := errors.AsType[*incident.Rejection](err); ok {
		return &Fault{Code: Usage, Message: rejection.Message, Reason: rejection.Reason, Field: rejection.Field, cause: err}
	}
	if s, ok := status.FromError(err); ok {
		return fromStatus(s, err)
	}
	if errors.Is(err, context.Canceled) {
		return &Fault{Code: Refused, Message: "interrupted", Reason: "interrupted", cause: err}
	}
	return &Fault{Code: Refused, Message: err.Error(), cause: err}
}

func fromStatus(s *status.Status, err error) *Fault {
	f := &Fault{Code: codeOf(s.Code()), Message: s.Message(), cause: err}
	var violations []string
	for _, detail := range s.Details() {
		switch d := detail.(type) {
		case *errdetails.ErrorInfo:
			f.Reason = d.GetReason()
			if field := d.GetMetadata()["field"]; f.Field == "" {
				f.Field = field
			}
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				violations = append(violations, v.GetField()+": "+v.GetDescription())
				f.Fields = append(f.Fields, v.GetField())
				if f.Field == "" {
					f.Field = v.GetField()
				}
			}
		}
	}
	if f.Reason == ReasonUnknown {
		f.Code = Unknown
	}
	f.Message = sentence(s, f.Message, violations)
	return f
}

// sentence adds what a person can do to what the system said.
func sentence(s *status.Status, message string, violations []string) string {
	for _, v := range violations {
		if _, description, _ := strings.Cut(v, ": "); !strings.Contains(message, description) {
			message += "; " + v
		}
	}
	switch s.Code() {
	case codes.Unauthenticated:
		return message + "; give a valid token with --token, BRIDGELOG_TOKEN or `bridgelog login`"
	case codes.Unimplemented:
		return "this system does not know the command; it may be older than this client (" + message + ")"
	case codes.DeadlineExceeded:
		return "the system did not answer in time; try again (" + message + ")"
	}
	return message
}

func codeOf(c codes.Code) Code {
	switch c {
	case codes.OK:
		return Done
	case codes.InvalidArgument, codes.OutOfRange:
		return Usage
	case codes.NotFound:
		return NotFound
	case codes.PermissionDenied, codes.Unauthenticated:
		return NotAllowed
	case codes.Unavailable, codes.DeadlineExceeded:
		return Unreachable
	default:
		return Refused
	}
}

// OfWrite explains the error of a write that was sent under a request id. A
// connection that broke before the answer leaves the outcome unknown, unless
// the system itself gave a reason.
func OfWrite(err error, requestID string) *Fault {
	f := From(err)
	if f == nil {
		return nil
	}
	lost := f.Code == Unreachable && f.Reason == "" || errors.Is(err, context.Canceled) || status.Code(err) == codes.Canceled
	if _, own := errors.AsType[*Fault](err); lost && !own {
		f.Code, f.Reason = Unknown, ReasonUnknown
	}
	if f.Code == Unknown {
		f.RequestID = requestID
		f.Message = "it is not known whether this was stored (" + f.Message + "); run the same command again with --request-id " +
			requestID + ": it cannot be done twice"
	}
	return f
}

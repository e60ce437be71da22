package rpc

import (
	"context"
	"errors"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/bounds"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
)

// Domain is the ErrorInfo domain of every status.
const Domain = "bridgelog"

// internalMessage is all that a caller learns of an error that is ours.
const internalMessage = "something went wrong on our side: try again, and look into the server's log if it stays"

// Status maps an error to the status that the caller gets. It is the one place
// that does. An error that it does not know becomes Internal without its text;
// an error that carries a status already keeps it.
func Status(err error) *status.Status {
	if err == nil {
		return nil
	}
	var carried interface{ GRPCStatus() *status.Status }
	if errors.As(err, &carried) {
		return carried.GRPCStatus()
	}
	for _, explain := range []func(error) *status.Status{
		refusalStatus, rejectionStatus, validationStatus, catalogStatus, authStatus, logStatus, contextStatus,
	} {
		if s := explain(err); s != nil {
			return s
		}
	}
	return newStatus(codes.Internal, "internal", internalMessage)
}

func newStatus(code codes.Code, reason, message string, fields ...*errdetails.BadRequest_FieldViolation) *status.Status {
	details := []protoadapt.MessageV1{&errdetails.ErrorInfo{Reason: reason, Domain: Domain}}
	if len(fields) > 0 {
		details = append(details, &errdetails.BadRequest{FieldViolations: fields})
	}
	s := status.New(code, message)
	if detailed, err := s.WithDetails(details...); err == nil {
		return detailed
	}
	return s
}

func fieldViolation(field, reason, message string) *errdetails.BadRequest_FieldViolation {
	return &errdetails.BadRequest_FieldViolation{Field: field, Reason: reason, Description: message}
}

func fieldStatus(code codes.Code, field, reason, message string) *status.Status {
	if field == "" {
		return newStatus(code, reason, message)
	}
	return newStatus(code, reason, message, fieldViolation(field, reason, message))
}

func refusalStatus(err error) *status.Status {
	var r *Refusal
	if !errors.As(err, &r) {
		return nil
	}
	if len(r.Fields) == 0 {
		return retryStatus(fieldStatus(r.Code, r.Field, r.Reason, r.Message), r.RetryAfter)
	}
	fields := make([]*errdetails.BadRequest_FieldViolation, len(r.Fields))
	for i, field := range r.Fields {
		fields[i] = fieldViolation(field, r.Reason, r.Message)
	}
	return retryStatus(newStatus(r.Code, r.Reason, r.Message, fields...), r.RetryAfter)
}

// retryStatus adds to a status when the call may be repeated.
func retryStatus(s *status.Status, after time.Duration) *status.Status {
	if after <= 0 {
		return s
	}
	if detailed, err := s.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(after)}); err == nil {
		return detailed
	}
	return s
}

// retryAfter is when a call that failed may be repeated; 0 where that is not said.
func retryAfter(err error) time.Duration {
	for _, detail := range status.Convert(err).Details() {
		if retry, ok := detail.(*errdetails.RetryInfo); ok {
			return retry.GetRetryDelay().AsDuration()
		}
	}
	return 0
}

func rejectionStatus(err error) *status.Status {
	var r *incident.Rejection
	if !errors.As(err, &r) {
		return nil
	}
	code := codes.FailedPrecondition
	switch r.Kind {
	case incident.InvalidArgument:
		code = codes.InvalidArgument
	case incident.NotFound:
		code = codes.NotFound
	case incident.Denied:
		code = codes.PermissionDenied
	case incident.WrongState, incident.AlreadyDone:
	}
	return fieldStatus(code, r.Field, r.Reason, r.Message)
}

func validationStatus(err error) *status.Status {
	var invalid *protovalidate.ValidationError
	if !errors.As(err, &invalid) {
		return nil
	}
	fields := make([]*errdetails.BadRequest_FieldViolation, 0, len(invalid.Violations))
	message := "the request is not valid"
	for i, v := range invalid.Violations {
		path := protovalidate.FieldPathString(v.Proto.GetField())
		text := bounds.Words(v)
		fields = append(fields, fieldViolation(path, v.Proto.GetRuleId(), text))
		if i == 0 {
			message = joinField(path, text)
		}
	}
	return newStatus(codes.InvalidArgument, "invalid_field", message, fields...)
}

func joinField(path, text string) string {
	if path == "" {
		return text
	}
	return path + ": " + text
}

func catalogStatus(err error) *status.Status {
	var violations catalog.Violations
	if errors.As(err, &violations) && len(violations) > 0 {
		fields := make([]*errdetails.BadRequest_FieldViolation, len(violations))
		for i, v := range violations {
			fields[i] = fieldViolation(v.Where(), v.Reason, v.Message)
		}
		return newStatus(codes.InvalidArgument, violations[0].Reason, violations.Error(), fields...)
	}
	switch {
	case errors.Is(err, catalog.ErrNotFound):
		return newStatus(codes.NotFound, "no_such_resource", "there is no such resource: see bridgelog get")
	case errors.Is(err, catalog.ErrCorrupt):
		return newStatus(codes.DataLoss, "catalog_damaged", catalog.ErrCorrupt.Error())
	}
	return nil
}

func authStatus(err error) *status.Status {
	if role, ok := errors.AsType[*auth.RoleError](err); ok {
		return newStatus(codes.PermissionDenied, "role_too_low", role.Error())
	}
	for _, known := range []struct {
		err    error
		code   codes.Code
		reason string
	}{
		{auth.ErrNoCredentials, codes.Unauthenticated, "not_authenticated"},
		{auth.ErrMalformedToken, codes.Unauthenticated, "malformed_token"},
		{auth.ErrUnknownToken, codes.Unauthenticated, "unknown_token"},
		{auth.ErrExpiredToken, codes.Unauthenticated, "expired_token"},
		{auth.ErrNoPerson, codes.Unauthenticated, "no_person"},
		{auth.ErrNoPolicy, codes.PermissionDenied, "no_policy"},
		{auth.ErrStale, codes.Unavailable, "accounts_stale"},
	} {
		if errors.Is(err, known.err) {
			return newStatus(known.code, known.reason, known.err.Error())
		}
	}
	return nil
}

func logStatus(err error) *status.Status {
	if hole, ok := errors.AsType[*eventlog.HoleError](err); ok {
		return newStatus(codes.DataLoss, "log_hole", hole.Error())
	}
	if position, ok := errors.AsType[*eventlog.PositionError](err); ok {
		return newStatus(codes.DataLoss, "log_"+string(position.Reason), position.Error())
	}
	for _, known := range []struct {
		err             error
		code            codes.Code
		reason, message string
	}{
		{eventlog.ErrOutcomeUnknown, codes.DeadlineExceeded, "outcome_unknown", "it is not known whether this was stored: repeat it with the same request id, it cannot be done twice"},
		{eventlog.ErrConflict, codes.Aborted, "conflict", "another change came first: look at the incident and try again"},
		{eventlog.ErrFull, codes.ResourceExhausted, "log_full", "the log is full and nothing was stored: raise its limit or free disk space"},
		{eventlog.ErrTooLarge, codes.InvalidArgument, "too_large", "this is too large for one entry and nothing was stored: shorten it"},
		{eventlog.ErrAlreadyRedacted, codes.FailedPrecondition, "already_redacted", "the entry is redacted already"},
		{eventlog.ErrNotAttested, codes.FailedPrecondition, "log_not_attested", "the log's servers were never checked for syncing every write: run the bootstrap"},
		{eventlog.ErrMisconfigured, codes.FailedPrecondition, "log_misconfigured", "the log's settings could lose what was acknowledged: run bridgelog doctor"},
		{eventlog.ErrUnavailable, codes.Unavailable, "log_unavailable", "the log cannot be reached and nothing was stored: try again"},
		{chain.ErrMalformed, codes.DataLoss, "entry_damaged", "an entry of the log cannot be read: run bridgelog verify"},
		{record.ErrMalformed, codes.DataLoss, "entry_damaged", "an entry of the log cannot be read: run bridgelog verify"},
		{eventlog.ErrInvalid, codes.InvalidArgument, "invalid_position", "this is not a position of this log"},
	} {
		if errors.Is(err, known.err) {
			return newStatus(known.code, known.reason, known.message)
		}
	}
	return nil
}

func contextStatus(err error) *status.Status {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return newStatus(codes.DeadlineExceeded, "deadline_exceeded", "the time ran out: try again with more time")
	case errors.Is(err, context.Canceled):
		return newStatus(codes.Canceled, "cancelled", "the caller went away")
	}
	return nil
}

package rpc_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

func TestStatus(t *testing.T) {
	rejected := func(kind incident.RejectionKind) error {
		return &incident.Rejection{Kind: kind, Field: "text", Reason: "why", Message: "do this"}
	}
	for name, c := range map[string]struct {
		err  error
		want rpc.Failure
	}{
		"invalid":      {rejected(incident.InvalidArgument), rpc.Failure{Code: "invalid_argument", Reason: "why", Field: "text"}},
		"wrong state":  {rejected(incident.WrongState), rpc.Failure{Code: "failed_precondition", Reason: "why", Field: "text"}},
		"already done": {rejected(incident.AlreadyDone), rpc.Failure{Code: "failed_precondition", Reason: "why", Field: "text"}},
		"missing":      {rejected(incident.NotFound), rpc.Failure{Code: "not_found", Reason: "why", Field: "text"}},
		"denied":       {rejected(incident.Denied), rpc.Failure{Code: "permission_denied", Reason: "why", Field: "text"}},
		"refusal":      {rpc.InvalidField("f", "r", "m"), rpc.Failure{Code: "invalid_argument", Reason: "r", Field: "f"}},
		"violations": {
			catalog.Violations{{Resource: "route/checkout", Field: "spec.severity", Reason: "wrong_value", Message: "no"}},
			rpc.Failure{Code: "invalid_argument", Reason: "wrong_value", Field: "route/checkout: spec.severity"},
		},
		"no resource":  {catalog.ErrNotFound, rpc.Failure{Code: "not_found", Reason: "no_such_resource"}},
		"corrupt":      {catalog.ErrCorrupt, rpc.Failure{Code: "data_loss", Reason: "catalog_damaged"}},
		"no token":     {auth.ErrNoCredentials, rpc.Failure{Code: "unauthenticated", Reason: "not_authenticated"}},
		"stale":        {auth.ErrStale, rpc.Failure{Code: "unavailable", Reason: "accounts_stale"}},
		"role":         {&auth.RoleError{Need: authv1.AccountRole_ACCOUNT_ROLE_ADMIN}, rpc.Failure{Code: "permission_denied", Reason: "role_too_low"}},
		"conflict":     {eventlog.ErrConflict, rpc.Failure{Code: "aborted", Reason: "conflict"}},
		"unknown":      {eventlog.ErrOutcomeUnknown, rpc.Failure{Code: "deadline_exceeded", Reason: "outcome_unknown"}},
		"unknown late": {fmt.Errorf("%w: %w", eventlog.ErrOutcomeUnknown, context.Canceled), rpc.Failure{Code: "deadline_exceeded", Reason: "outcome_unknown"}},
		"damaged":      {chain.ErrMalformed, rpc.Failure{Code: "data_loss", Reason: "entry_damaged"}},
		"full":         {eventlog.ErrFull, rpc.Failure{Code: "resource_exhausted", Reason: "log_full"}},
		"away":         {eventlog.ErrUnavailable, rpc.Failure{Code: "unavailable", Reason: "log_unavailable"}},
		"hole":         {&eventlog.HoleError{First: 3, Last: 3}, rpc.Failure{Code: "data_loss", Reason: "log_hole"}},
		"position":     {&eventlog.PositionError{Reason: eventlog.ReasonEpoch}, rpc.Failure{Code: "data_loss", Reason: "log_epoch"}},
		"cancelled":    {context.Canceled, rpc.Failure{Code: "canceled", Reason: "cancelled"}},
		"late":         {context.DeadlineExceeded, rpc.Failure{Code: "deadline_exceeded", Reason: "deadline_exceeded"}},
		"anything":     {errors.New("dial tcp 10.0.0.7: refused"), rpc.Failure{Code: "internal", Reason: "internal"}},
	} {
		got := rpc.FailureOf(rpc.Status(fmt.Errorf("append event: %w", c.err)).Err())
		message := got.Message
		got.Message = ""
		if got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
		if message == "" || strings.Contains(message, "10.0.0.7") || strings.Contains(message, "append event") {
			t.Errorf("%s: the caller reads %q", name, message)
		}
	}
}

func TestAStatusIsKept(t *testing.T) {
	given := status.Error(codes.NotFound, "gone")
	if got := rpc.Status(given); got.Code() != codes.NotFound || got.Message() != "gone" {
		t.Errorf("got %v", got)
	}
	if rpc.Status(nil) != nil {
		t.Error("no error became a status")
	}
}

func TestCodeNames(t *testing.T) {
	for code, want := range map[codes.Code]string{
		codes.OK: "ok", codes.InvalidArgument: "invalid_argument", codes.DataLoss: "data_loss", codes.Canceled: "canceled",
	} {
		if got := rpc.CodeName(code); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestARefusalSaysWhenToCallAgain(t *testing.T) {
	for _, after := range []time.Duration{0, 5 * time.Second} {
		got := rpc.Status(fmt.Errorf("send: %w", &rpc.Refusal{Code: codes.Unavailable, Reason: "full", Message: "later", RetryAfter: after}))
		var said time.Duration
		for _, detail := range got.Details() {
			if retry, ok := detail.(*errdetails.RetryInfo); ok {
				said = retry.GetRetryDelay().AsDuration()
			}
		}
		if said != after || rpc.FailureOf(got.Err()).Reason != "full" {
			t.Errorf("%v became %v, %v", after, said, got)
		}
	}
}

package fault_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

func statusOf(t *testing.T, code codes.Code, message string, details ...protoadapt.MessageV1) error {
	t.Helper()
	s, err := status.New(code, message).WithDetails(details...)
	if err != nil {
		t.Fatal(err)
	}
	return s.Err()
}

func TestExitCodes(t *testing.T) {
	cases := map[codes.Code]fault.Code{
		codes.FailedPrecondition: fault.Refused,
		codes.Aborted:            fault.Refused,
		codes.AlreadyExists:      fault.Refused,
		codes.Internal:           fault.Refused,
		codes.InvalidArgument:    fault.Usage,
		codes.OutOfRange:         fault.Usage,
		codes.NotFound:           fault.NotFound,
		codes.PermissionDenied:   fault.NotAllowed,
		codes.Unauthenticated:    fault.NotAllowed,
		codes.Unavailable:        fault.Unreachable,
		codes.DeadlineExceeded:   fault.Unreachable,
	}
	for code, want := range cases {
		if got := fault.From(status.Error(code, "x")).Code; got != want {
			t.Errorf("%v: exit code %d (%s), want %d (%s)", code, got, got, want, want)
		}
	}
	if fault.From(nil) != nil {
		t.Error("no error has a fault")
	}
	if got := fault.From(fmt.Errorf("wrapped: %w", fault.NotFoundf("no INC-9"))).Code; got != fault.NotFound {
		t.Errorf("wrapped fault: exit code %d", got)
	}
	_, err := incident.ParseSeverity("huge")
	if f := fault.From(err); f.Code != fault.Usage || f.Field != "severity" {
		t.Errorf("rejection = %+v", f)
	}
}

func TestDetails(t *testing.T) {
	err := statusOf(t, codes.InvalidArgument, "the request is not valid",
		&errdetails.ErrorInfo{Reason: "invalid_argument"},
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
			{Field: "title", Description: "must not be empty"},
		}})
	f := fault.From(err)
	if f.Field != "title" || f.Reason != "invalid_argument" {
		t.Errorf("field %q, reason %q", f.Field, f.Reason)
	}
	if want := "the request is not valid; title: must not be empty"; f.Error() != want {
		t.Errorf("message %q, want %q", f.Error(), want)
	}
}

func TestOutcomeOfWrites(t *testing.T) {
	known := statusOf(t, codes.Unavailable, "the log cannot be reached", &errdetails.ErrorInfo{Reason: "log_unavailable"})
	unknown := statusOf(t, codes.Unavailable, "no answer from the log", &errdetails.ErrorInfo{Reason: "outcome_unknown"})
	cases := []struct {
		name string
		err  error
		want fault.Code
	}{
		{"the system says that nothing was stored", known, fault.Unreachable},
		{"the system says that it does not know", unknown, fault.Unknown},
		{"the connection broke", status.Error(codes.Unavailable, "error reading from server: EOF"), fault.Unknown},
		{"no answer in time", status.Error(codes.DeadlineExceeded, "deadline"), fault.Unknown},
		{"interrupted", status.FromContextError(context.Canceled).Err(), fault.Unknown},
		{"never connected", fault.Unreachablef("nothing answers"), fault.Unreachable},
		{"refused", status.Error(codes.FailedPrecondition, "closed"), fault.Refused},
	}
	for _, c := range cases {
		f := fault.OfWrite(c.err, "R1")
		if f.Code != c.want {
			t.Errorf("%s: %v, want %v", c.name, f.Code, c.want)
		}
		if named := strings.Contains(f.Error(), "--request-id R1"); named != (c.want == fault.Unknown) {
			t.Errorf("%s: message %q", c.name, f.Error())
		}
	}
}

func TestMessageIsOneLine(t *testing.T) {
	f := fault.From(errors.New("first\n  second"))
	if f.Error() != "first second" {
		t.Errorf("message %q", f.Error())
	}
	if d := f.Document(); d.Error.Code != "refused" || d.Error.Message != "first second" {
		t.Errorf("document %+v", d)
	}
}

func TestProblemsAreToldOneByOne(t *testing.T) {
	one := fault.From(fault.Problems(errors.New("a.yaml:1: no kind"), "nothing was applied"))
	if one.Error() != "a.yaml:1: no kind; nothing was applied" || len(one.Problems) != 0 || one.Code != fault.Usage {
		t.Errorf("one: %+v", one)
	}
	two := fault.From(fault.Problems(errors.Join(errors.New("a"), errors.Join(errors.New("b"))), "nothing was applied"))
	if two.Error() != "2 problems; nothing was applied: a; b" || len(two.Problems) != 2 || two.Code != fault.Usage {
		t.Errorf("two: %+v", two)
	}
}

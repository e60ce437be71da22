package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Fault is an error with everything that a person or a script needs.
type Fault struct {
	// Code is the exit code.
	Code Code
	// Message is one sentence that says what is wrong and what to do.
	Message string
	// Reason is a stable word for machines; may be empty.
	Reason string
	// Field is the flag, argument or field that is at fault; may be empty.
	Field string
	// Fields are all that the system found at fault, in its order; Field is the first.
	Fields []string
	// Problems are what is wrong one by one, a line each; none where Message says it.
	Problems []string
	// RequestID is the id to repeat an act with whose outcome is unknown.
	RequestID string
	// Silent is true when the command has said everything itself already.
	Silent bool

	cause error
}

// Error is the message, and the problems, on one line.
func (f *Fault) Error() string {
	said := f.Message
	if len(f.Problems) > 0 {
		said += ": " + strings.Join(f.Problems, "; ")
	}
	return strings.Join(strings.Fields(said), " ")
}

// Unwrap is the error underneath, if there is one.
func (f *Fault) Unwrap() error { return f.cause }

// Usagef is bad usage or input.
func Usagef(format string, args ...any) error { return newf(Usage, format, args...) }

// Problems is bad input with everything that is wrong with it: a joined error is taken
// apart. after says what follows from it, for example "nothing was applied".
func Problems(problems error, after string) error {
	lines := strings.Split(problems.Error(), "\n")
	if len(lines) == 1 {
		return Usagef("%w; %s", problems, after)
	}
	return &Fault{Code: Usage, Message: fmt.Sprintf("%d problems; %s", len(lines), after), Problems: lines, cause: problems}
}

// FieldUsagef is bad usage of one flag, argument or field.
func FieldUsagef(field, format string, args ...any) error {
	f := newf(Usage, format, args...)
	f.Field = field
	return f
}

// NotFoundf says that there is no such thing.
func NotFoundf(format string, args ...any) error { return newf(NotFound, format, args...) }

// NotAllowedf says that the caller may not do this.
func NotAllowedf(format string, args ...any) error { return newf(NotAllowed, format, args...) }

// Refusedf says that the act is not possible as things are.
func Refusedf(format string, args ...any) error { return newf(Refused, format, args...) }

// Unreachablef says that the system does not answer.
func Unreachablef(format string, args ...any) error { return newf(Unreachable, format, args...) }

// Unverifiedf says that a verification failed.
func Unverifiedf(format string, args ...any) error { return newf(Unverified, format, args...) }

func newf(code Code, format string, args ...any) *Fault {
	err := fmt.Errorf(format, args...)
	return &Fault{Code: code, Message: err.Error(), cause: errors.Unwrap(err)}
}

// Stop ends the program with a code after the command has said everything.
func Stop(code Code) error { return &Fault{Code: code, Message: code.String(), Silent: true} }

// Document is a fault as scripts read it.
type Document struct {
	// Error says what is wrong.
	Error Body `json:"error"`
}

// Body is the object of an error. The set of keys is stable.
type Body struct {
	// Code is the exit code as a word.
	Code string `json:"code"`
	// Message is for people.
	Message string `json:"message"`
	// Reason is a stable word, or empty.
	Reason string `json:"reason"`
	// Field is what is at fault, or empty.
	Field string `json:"field"`
	// RequestID is set when the outcome is unknown.
	RequestID string `json:"request_id,omitempty"`
}

// Document is the fault for scripts.
func (f *Fault) Document() Document {
	return Document{Error: Body{
		Code: f.Code.String(), Message: f.Error(), Reason: f.Reason, Field: f.Field, RequestID: f.RequestID,
	}}
}

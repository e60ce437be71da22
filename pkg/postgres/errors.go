package postgres

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

var (
	// ErrUnavailable: the database cannot be reached, is starting or stopping,
	// or has no free connection. Trying again later may succeed.
	ErrUnavailable = errors.New("the database cannot be reached")
	// ErrNotFound: the query found no row.
	ErrNotFound = errors.New("no such row")
	// ErrExists: a row with the same key exists.
	ErrExists = errors.New("the row exists already")
	// ErrConflict: another transaction got in the way. Trying again at once may
	// succeed.
	ErrConflict = errors.New("another transaction came first")
	// ErrSchemaGone: a table or schema that the statement names does not exist,
	// for example because a rebuild dropped the version it belonged to.
	ErrSchemaGone = errors.New("the table does not exist")
	// ErrFull: the disk of the database is full, or a limit of it is reached.
	ErrFull = errors.New("the database is full")
	// ErrRefused: the database refused the statement for any other reason.
	ErrRefused = errors.New("the database refused the statement")
)

// Error is a database error whose text is safe to show. It matches one of the
// sentinels of this package with errors.Is.
type Error struct {
	// Op is what was tried, for example "list incidents".
	Op string
	// Kind is the sentinel.
	Kind error
	// Code is the SQLSTATE, or empty.
	Code string

	cause error
}

// Error says what was tried and what kind of error it was.
func (e *Error) Error() string {
	text := e.Op + ": " + e.Kind.Error()
	if e.Code != "" && errors.Is(e.Kind, ErrRefused) {
		text += " (SQLSTATE " + e.Code + ")"
	}
	return text
}

// Unwrap gives the sentinel.
func (e *Error) Unwrap() error { return e.Kind }

// Unmask returns the driver's error inside err, for logs; nil when there is none.
func Unmask(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.cause
	}
	return nil
}

// Wrap translates an error of the driver. It returns nil for nil, an error that
// matches the context's when a context ended, and an [Error] otherwise. An error
// that is translated already keeps its kind.
func Wrap(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return &Error{Op: op, Kind: context.Canceled, cause: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Op: op, Kind: context.DeadlineExceeded, cause: err}
	}
	if done, ok := errors.AsType[*Error](err); ok {
		return &Error{Op: op, Kind: done.Kind, Code: done.Code, cause: done.cause}
	}
	code, kind := classify(err)
	return &Error{Op: op, Kind: kind, Code: code, cause: err}
}

// classify returns the SQLSTATE, if there is one, and the sentinel.
func classify(err error) (string, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return "", ErrNotFound
	}
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok {
		return answer.Code, kindOf(answer.Code)
	}
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.As(err, &connect), errors.As(err, &network), pgconn.SafeToRetry(err), broken(err):
		return "", ErrUnavailable
	}
	return "", ErrRefused
}

// broken recognizes a connection that ended under a statement.
func broken(err error) bool {
	text := err.Error()
	return strings.Contains(text, "unexpected EOF") || strings.Contains(text, "conn closed") ||
		strings.Contains(text, "closed pool") || strings.Contains(text, "broken pipe")
}

// kindOf maps SQLSTATEs; see appendix A of PostgreSQL's manual.
func kindOf(code string) error {
	switch code {
	case "23505":
		return ErrExists
	case "40001", "40P01", "55P03":
		return ErrConflict
	case "42P01", "3F000":
		return ErrSchemaGone
	case "57P01", "57P02", "57P03", "53300", "25006":
		return ErrUnavailable
	case "57014":
		return context.DeadlineExceeded
	}
	switch {
	case strings.HasPrefix(code, "08"):
		return ErrUnavailable
	case strings.HasPrefix(code, "53"):
		return ErrFull
	}
	return ErrRefused
}

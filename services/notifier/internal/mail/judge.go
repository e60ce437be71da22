package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/bridgelog/bridgelog/pkg/netguard"
)

// Result is what came of one attempt.
type Result struct {
	// Accepted: the server took the letter. That is not to say that anybody read it.
	Accepted bool
	// Final: the same letter will never be accepted.
	Final bool
	// Reason is what went wrong as a word, Problem in a sentence of ours: the text of a
	// server or of the network is never in it.
	Reason, Problem string
}

// What went wrong, as words.
const (
	reasonAddress     = "address"
	reasonSettings    = "settings"
	reasonForbidden   = "forbidden"
	reasonTimeout     = "timeout"
	reasonUnreachable = "unreachable"
	reasonTLS         = "tls"
	reasonSignIn      = "sign_in"
	reasonDeferred    = "deferred"
	reasonRefused     = "refused"
)

// firstPermanent is the lowest code by which a server says that it never will.
const firstPermanent = 500

// judgeDial reads what went wrong before the letter was handed over. All of it is ours or
// the server's to put right, so the letter is tried again.
func judgeDial(ctx context.Context, err error) Result {
	var secured *tlsError
	var certificate *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	if r, ok := network(ctx, err); ok {
		return r
	}
	switch {
	case errors.As(err, &certificate), errors.As(err, &unknown):
		return Result{Reason: reasonTLS, Problem: "the mail server shows a certificate that is not trusted"}
	case errors.As(err, &secured), errors.As(err, &record), errors.As(err, &alert):
		return Result{Reason: reasonTLS, Problem: "no TLS could be agreed on with the mail server"}
	case strings.Contains(err.Error(), "does not support STARTTLS"):
		return Result{Reason: reasonTLS, Problem: "the mail server does not offer STARTTLS: use smtps://, or settings.tls: none on a network of yours"}
	case signIn(err):
		return Result{Reason: reasonSignIn, Problem: "the mail server did not let us sign in: check settings.username and secrets.password"}
	}
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		return Result{Reason: reasonDeferred, Problem: fmt.Sprintf("the mail server answered %d before any mail", said.Code)}
	}
	return Result{Reason: reasonUnreachable, Problem: "the mail server could not be reached"}
}

// signIn tells whether an error is about who we are.
func signIn(err error) bool {
	return errors.Is(err, errNoLogin) || strings.Contains(err.Error(), "SMTP AUTH")
}

// judgeSend reads what came of handing the letter over.
func judgeSend(ctx context.Context, err error) Result {
	failed, ok := errors.AsType[*gomail.SendError](err)
	if !ok || failed.ErrorCode() == 0 {
		if r, ok := network(ctx, err); ok {
			return r
		}
		return Result{Reason: reasonUnreachable, Problem: "the connection to the mail server was lost"}
	}
	problem := fmt.Sprintf("the mail server answered %d", failed.ErrorCode())
	if failed.Reason == gomail.ErrSMTPRcptTo {
		problem += " to the address of the person"
	}
	// What a server has against whoever sends is put right by whoever runs it.
	ours := failed.Reason == gomail.ErrSMTPMailFrom
	if failed.ErrorCode() >= firstPermanent && !ours {
		return Result{Final: true, Reason: reasonRefused, Problem: problem}
	}
	return Result{Reason: reasonDeferred, Problem: problem}
}

// network reads what the network says.
func network(ctx context.Context, err error) (Result, bool) {
	var timeout net.Error
	switch {
	case errors.Is(err, netguard.ErrForbidden):
		return Result{Reason: reasonForbidden, Problem: netguard.ErrForbidden.Error()}, true
	case errors.Is(err, errTalkative):
		return Result{Reason: reasonUnreachable, Problem: "the mail server says more than it may"}, true
	case errors.Is(err, context.DeadlineExceeded), ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return Result{Reason: reasonTimeout, Problem: "the mail server did not answer in time"}, true
	}
	return Result{}, false
}

package auth

import (
	"errors"
	"fmt"

	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

var (
	// ErrNoCredentials: the request carries none.
	ErrNoCredentials = errors.New("nobody is signed in: send a token in the Authorization header, or run bridgelog login")
	// ErrUnknownToken: no such token, or it was deleted.
	ErrUnknownToken = errors.New("this token is not known here: it was deleted, or it belongs to another system")
	// ErrExpiredToken: the token's time is over.
	ErrExpiredToken = errors.New("this token has expired: ask an admin for a new one")
	// ErrNoPerson: the person behind the token was deleted.
	ErrNoPerson = errors.New("the person behind this token was deleted: ask an admin")
	// ErrStale: the directory has not heard from the log for too long, so a token
	// that was deleted meanwhile could still be in it.
	ErrStale = errors.New("who may sign in cannot be verified at the moment, because the log cannot be reached: try again")
	// ErrNoPolicy: the RPC does not say who may call it.
	ErrNoPolicy = errors.New("this call does not say who may make it, so nobody may")
)

// RoleError: the caller is known but may not make this call.
type RoleError struct {
	// Have is the caller's role, Need the least that may call.
	Have, Need authv1.AccountRole
}

// Error says which role is missing.
func (e *RoleError) Error() string {
	return fmt.Sprintf("your account's role is %s, but this needs %s: ask an admin", RoleName(e.Have), RoleName(e.Need))
}

// RoleName is the role as people write it, for example "responder".
func RoleName(r authv1.AccountRole) string {
	switch r {
	case authv1.AccountRole_ACCOUNT_ROLE_VIEWER:
		return "viewer"
	case authv1.AccountRole_ACCOUNT_ROLE_RESPONDER:
		return "responder"
	case authv1.AccountRole_ACCOUNT_ROLE_MANAGER:
		return "manager"
	case authv1.AccountRole_ACCOUNT_ROLE_ADMIN:
		return "admin"
	case authv1.AccountRole_ACCOUNT_ROLE_UNSPECIFIED:
	}
	return "none"
}

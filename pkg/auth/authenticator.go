package auth

import (
	"context"
	"strings"
	"time"

	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// Authenticator turns the value of an Authorization header into a principal. It
// returns [ErrNoCredentials] when the credentials are none of its kind, so that
// another one may try, and any other error to refuse the caller.
type Authenticator interface {
	Authenticate(ctx context.Context, authorization string) (Principal, error)
}

// Chain asks authenticators in turn until one knows the kind of credentials.
type Chain []Authenticator

// Authenticate implements [Authenticator].
func (c Chain) Authenticate(ctx context.Context, authorization string) (Principal, error) {
	for _, a := range c {
		p, err := a.Authenticate(ctx, authorization)
		if err != ErrNoCredentials { //nolint:errorlint // the interface promises the bare sentinel
			return p, err
		}
	}
	return Principal{}, ErrNoCredentials
}

// Account is what the directory knows behind a token.
type Account struct {
	// TokenID and TokenName are the token's opaque id and catalog name.
	TokenID, TokenName string
	// TokenRole is what the token may do.
	TokenRole authv1.AccountRole
	// Expires is when the token ends; zero: never.
	Expires time.Time
	// Impersonate is true for tokens of our own services.
	Impersonate bool
	// HasPerson is true when the token acts for a person. PersonID is empty when
	// that person does not exist any more.
	HasPerson            bool
	PersonID, PersonName string
	// PersonRole is what the person may do.
	PersonRole authv1.AccountRole
}

// Directory finds accounts. It is implemented by the catalog.
type Directory interface {
	// Account returns the account of a token: [ErrUnknownToken] when there is
	// none, [ErrStale] when the directory is too old to be believed.
	Account(token Hash) (Account, error)
}

// Bearer authenticates by bearer tokens. It asks the directory at every call, so
// a deleted token or person fails at once.
type Bearer struct {
	// Directory knows the tokens.
	Directory Directory
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Authenticate implements [Authenticator].
func (b Bearer) Authenticate(_ context.Context, authorization string) (Principal, error) {
	scheme, credentials, _ := strings.Cut(strings.TrimSpace(authorization), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return Principal{}, ErrNoCredentials
	}
	token, err := ParseToken(strings.TrimSpace(credentials))
	if err != nil {
		return Principal{}, err
	}
	account, err := b.Directory.Account(token.Hash())
	if err != nil {
		return Principal{}, err
	}
	return b.principal(account)
}

func (b Bearer) principal(a Account) (Principal, error) {
	now := time.Now
	if b.Now != nil {
		now = b.Now
	}
	if !a.Expires.IsZero() && !now().Before(a.Expires) {
		return Principal{}, ErrExpiredToken
	}
	p := Principal{ID: a.TokenID, Role: a.TokenRole, Token: a.TokenName, Impersonate: a.Impersonate}
	if a.HasPerson {
		if a.PersonID == "" {
			return Principal{}, ErrNoPerson
		}
		p.ID, p.Person, p.PersonName = a.PersonID, a.PersonID, a.PersonName
		p.Role = min(a.TokenRole, a.PersonRole)
	}
	return p, nil
}

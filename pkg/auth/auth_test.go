package auth_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/bridgelog/bridgelog/pkg/auth"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	_ "github.com/bridgelog/bridgelog/proto/gen/incident/v1" // its methods state policies
)

func token(t *testing.T, fill byte) auth.Token {
	t.Helper()
	made, err := auth.NewToken(bytes.NewReader(bytes.Repeat([]byte{fill}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestTokenSurvivesATrip(t *testing.T) {
	made := token(t, 7)
	text := made.Reveal()
	if !strings.HasPrefix(text, auth.TokenPrefix) || len(text) != len(auth.TokenPrefix)+52 {
		t.Fatalf("got %q, want bl_ and 52 characters", text)
	}
	for _, spelling := range []string{text, strings.ToUpper(text)} {
		read, err := auth.ParseToken(spelling)
		if err != nil || read != made {
			t.Errorf("ParseToken(%q) = %v, %v", spelling, read, err)
		}
	}
	if want := auth.Hash(sha256.Sum256([]byte(text))); made.Hash() != want {
		t.Error("the hash is not SHA-256 of the text")
	}
}

func TestTokenHidesItself(t *testing.T) {
	made := token(t, 7)
	for _, format := range []string{"%v", "%+v", "%s", "%#v"} {
		if shown := fmt.Sprintf(format, made); strings.Contains(shown, made.Reveal()[len(auth.TokenPrefix):]) || shown != "bl_…" {
			t.Errorf("%s shows %q", format, shown)
		}
	}
}

func TestMalformedTokens(t *testing.T) {
	good := token(t, 7).Reveal()
	for _, s := range []string{"", "bl_", good[3:], good + "a", good[:len(good)-1], "bl_" + strings.Repeat("1", 52), "bl_" + strings.Repeat("b", 52), good + " "} {
		if _, err := auth.ParseToken(s); !errors.Is(err, auth.ErrMalformedToken) {
			t.Errorf("ParseToken(%q) = %v, want ErrMalformedToken", s, err)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add("bl_" + strings.Repeat("a", 52))
	f.Add("bl_")
	f.Fuzz(func(t *testing.T, s string) {
		read, err := auth.ParseToken(s)
		if err == nil && !strings.EqualFold(read.Reveal(), s) {
			t.Errorf("%q was read as %q", s, read.Reveal())
		}
	})
}

// directory is one account behind one token.
type directory struct {
	hash    auth.Hash
	account auth.Account
	err     error
}

func (d directory) Account(h auth.Hash) (auth.Account, error) {
	if d.err != nil {
		return auth.Account{}, d.err
	}
	if h != d.hash {
		return auth.Account{}, auth.ErrUnknownToken
	}
	return d.account, nil
}

func TestBearer(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	secret := token(t, 7)
	machine := auth.Account{TokenID: "t1", TokenName: "ci", TokenRole: authv1.AccountRole_ACCOUNT_ROLE_MANAGER}
	person := machine
	person.HasPerson, person.PersonID, person.PersonName = true, "p1", "ada"
	person.PersonRole = authv1.AccountRole_ACCOUNT_ROLE_RESPONDER
	deleted := person
	deleted.PersonID = ""
	expired, lasting := machine, machine
	expired.Expires, lasting.Expires = now, now.Add(time.Second)

	for name, c := range map[string]struct {
		header  string
		account auth.Account
		stale   error
		want    auth.Principal
		err     error
	}{
		"machine": {account: machine, want: auth.Principal{ID: "t1", Token: "ci", Role: authv1.AccountRole_ACCOUNT_ROLE_MANAGER}},
		"person": {account: person, want: auth.Principal{
			ID: "p1", Person: "p1", PersonName: "ada", Token: "ci", Role: authv1.AccountRole_ACCOUNT_ROLE_RESPONDER,
		}},
		"lasting":         {account: lasting, want: auth.Principal{ID: "t1", Token: "ci", Role: authv1.AccountRole_ACCOUNT_ROLE_MANAGER}},
		"expired":         {account: expired, err: auth.ErrExpiredToken},
		"deleted person":  {account: deleted, err: auth.ErrNoPerson},
		"other token":     {header: "Bearer " + token(t, 8).Reveal(), account: machine, err: auth.ErrUnknownToken},
		"no token":        {header: "Bearer x", account: machine, err: auth.ErrMalformedToken},
		"other scheme":    {header: "Basic x", account: machine, err: auth.ErrNoCredentials},
		"stale directory": {account: machine, stale: auth.ErrStale, err: auth.ErrStale},
	} {
		if c.header == "" {
			c.header = "bearer " + secret.Reveal()
		}
		b := auth.Bearer{Directory: directory{secret.Hash(), c.account, c.stale}, Now: func() time.Time { return now }}
		got, err := auth.Chain{b}.Authenticate(t.Context(), c.header)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: got %+v, %v, want %+v, %v", name, got, err, c.want, c.err)
		}
	}
}

func TestGuard(t *testing.T) {
	const write, health = "/incident.v1.CommandService/AddNote", "/grpc.health.v1.Health/Check"
	secret := token(t, 7)
	viewer := auth.Account{TokenID: "t1", TokenRole: authv1.AccountRole_ACCOUNT_ROLE_VIEWER}
	responder := auth.Account{TokenID: "t1", TokenRole: authv1.AccountRole_ACCOUNT_ROLE_RESPONDER}
	var role *auth.RoleError
	for name, c := range map[string]struct {
		method  string
		account auth.Account
		token   bool
		refused func(error) bool
	}{
		"enough":        {write, responder, true, func(err error) bool { return err == nil }},
		"too little":    {write, viewer, true, func(err error) bool { return errors.As(err, &role) }},
		"nobody":        {write, responder, false, func(err error) bool { return errors.Is(err, auth.ErrNoCredentials) }},
		"no policy":     {"/incident.v1.CommandService/Nothing", responder, true, func(err error) bool { return errors.Is(err, auth.ErrNoPolicy) }},
		"not a method":  {"/incident.v1.AddNoteRequest", responder, true, func(err error) bool { return errors.Is(err, auth.ErrNoPolicy) }},
		"health":        {health, viewer, false, func(err error) bool { return err == nil }},
		"looks similar": {"/grpc.health.v1.HealthX/Check", responder, true, func(err error) bool { return errors.Is(err, auth.ErrNoPolicy) }},
	} {
		ctx := t.Context()
		if c.token {
			ctx = metadata.NewIncomingContext(ctx, metadata.Pairs("authorization", "Bearer "+secret.Reveal()))
		}
		g := auth.NewGuard(auth.Bearer{Directory: directory{secret.Hash(), c.account, nil}})
		called := false
		_, err := g.Unary(ctx, nil, &grpc.UnaryServerInfo{FullMethod: c.method}, func(ctx context.Context, _ any) (any, error) {
			called = true
			if p, ok := auth.FromContext(ctx); ok != c.token || p.ID != map[bool]string{true: "t1"}[c.token] {
				t.Errorf("%s: the handler sees %+v, %v", name, p, ok)
			}
			return nil, nil
		})
		if !c.refused(err) || called != (err == nil) {
			t.Errorf("%s: got %v, called %v", name, err, called)
		}
	}
}

func TestUnguarded(t *testing.T) {
	open := auth.Unguarded(map[string]grpc.ServiceInfo{
		"incident.v1.CommandService": {Methods: []grpc.MethodInfo{{Name: "AddNote"}, {Name: "Forgotten"}}},
		"grpc.health.v1.Health":      {Methods: []grpc.MethodInfo{{Name: "Check"}}},
	})
	if len(open) != 1 || open[0] != "/incident.v1.CommandService/Forgotten" {
		t.Errorf("got %v, want the forgotten one", open)
	}
}

func TestEveryRoleHasAName(t *testing.T) {
	if _, ok := auth.PolicyOf(protoregistry.GlobalFiles, "/incident.v1.CommandService/AddNote"); !ok {
		t.Fatal("AddNote states no policy")
	}
	seen := map[string]bool{}
	for number := range authv1.AccountRole_name {
		seen[auth.RoleName(authv1.AccountRole(number))] = true
	}
	if len(seen) != len(authv1.AccountRole_name) {
		t.Errorf("got names %v for %d roles", seen, len(authv1.AccountRole_name))
	}
}

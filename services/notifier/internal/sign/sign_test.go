package sign_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/services/notifier/internal/sign"
)

// The vector that the specification's official libraries share.
const (
	secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	other  = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
)

func parse(t *testing.T, text string) sign.Secret {
	t.Helper()
	s, err := sign.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPublishedVector(t *testing.T) {
	got, err := sign.Signature([]sign.Secret{parse(t, secret)}, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if err != nil || got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Fatalf("got %q, %v", got, err)
	}
}

func TestEverySecretSigns(t *testing.T) {
	got, err := sign.Signature([]sign.Secret{parse(t, other), parse(t, secret)}, "id", time.Unix(1, 0), nil)
	if err != nil || len(strings.Split(got, " ")) != 2 || strings.Count(got, "v1,") != 2 {
		t.Fatalf("got %q, %v", got, err)
	}
}

func TestWeakSecretsAreRefused(t *testing.T) {
	for _, text := range []string{"", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64", "whsec_" + strings.Repeat("A", 31)} {
		if _, err := sign.Parse(text); !errors.Is(err, sign.ErrSecret) {
			t.Errorf("%q: %v, want ErrSecret", text, err)
		}
	}
}

func TestSecretsHideThemselves(t *testing.T) {
	s := parse(t, secret)
	if text := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); strings.Contains(text, "MfKQ") || strings.Contains(text, "49") {
		t.Errorf("printed %s", text)
	}
}

func TestResolve(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOOK_SECRET", other)
	if got, err := (&sign.Resolver{Now: time.Now}).Resolve(t.Context(), []string{"env:HOOK_SECRET", "file:" + path}); err != nil || len(got) != 2 {
		t.Fatalf("%d secrets, %v", len(got), err)
	}
	for _, reference := range []string{"env:HOOK_NOT_SET", "file:" + path + "x", "file:" + filepath.Dir(path), "plain"} {
		if _, err := (&sign.Resolver{Now: time.Now}).Resolve(t.Context(), []string{reference}); !errors.Is(err, sign.ErrSecret) {
			t.Errorf("%s: %v, want ErrSecret", reference, err)
		}
	}
	if _, err := (&sign.Resolver{Now: time.Now}).Resolve(t.Context(), nil); !errors.Is(err, sign.ErrSecret) {
		t.Errorf("no reference: %v, want ErrSecret", err)
	}
}

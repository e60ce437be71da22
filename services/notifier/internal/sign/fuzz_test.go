package sign_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/services/notifier/internal/sign"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_AA==", "=", "", " \n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		secret, err := sign.Parse(text)
		if err != nil {
			if !errors.Is(err, sign.ErrSecret) || len(text) > 30 && strings.Contains(err.Error(), text) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if _, err := sign.Signature([]sign.Secret{secret}, "id", time.Unix(1, 0), []byte("body")); err != nil {
			t.Errorf("%q is taken and cannot sign: %v", text, err)
		}
		if shown := fmt.Sprintf("%v %#v %s", secret, secret, secret); strings.Count(shown, "…") != 3 {
			t.Errorf("it shows itself as %q", shown)
		}
	})
}

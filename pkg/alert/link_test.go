package alert_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/pkg/alert"
)

func TestAnAlertIsLinkedOnce(t *testing.T) {
	f := fired()
	f.Incident = ""
	d, err := f.Draft("e1")
	s := next(t, alert.State{}, d, err)
	if s.Incident() != "" {
		t.Fatalf("it has %q", s.Incident())
	}
	for _, id := range []string{"first", "second"} {
		d, err = alert.Linked{Incident: id, By: "ada", At: began()}.Draft("e-" + id)
		s = next(t, s, d, err)
	}
	if want := (alert.Linked{Incident: "first", By: "ada", At: began()}); s.Linked != want || s.Incident() != "first" {
		t.Errorf("got %+v", s.Linked)
	}
	d, err = fired().Draft("e1")
	if s := next(t, alert.State{}, d, err); s.Incident() != "i" {
		t.Errorf("one that declared has %q", s.Incident())
	}
}

func TestFill(t *testing.T) {
	labels := map[string]string{"service": "checkout", "env": "prod", "empty": ""}
	for text, want := range map[string]string{
		"":                            "",
		"checkout":                    "checkout",
		"{{service}}":                 "checkout",
		"{{ service }}-{{env}}":       "checkout-prod",
		"{{nothing}}":                 "",
		"x{{empty}}":                  "",
		"{{service}} and {{no such}}": "",
	} {
		if got := alert.Fill(text, labels); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

package eventlog_test

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPositionsReadBack(t *testing.T) {
	for _, p := range []eventlog.Position{
		{}, {Epoch: "e1"}, {Epoch: "e1", Sequence: 7, Hash: [32]byte{1, 2}}, {Epoch: "e1", Sequence: 1<<64 - 1},
	} {
		got, err := eventlog.ParsePosition(p.String())
		if err != nil || got != p {
			t.Errorf("%q reads back as %+v (%v)", p.String(), got, err)
		}
	}
}

func TestForgedPositionsAreRefused(t *testing.T) {
	whole := eventlog.Position{Epoch: "e", Sequence: 7, Hash: [32]byte{1}}.String()
	for _, token := range []string{
		"p1", "p2.e.0", "p1.e.7", "p1.e.-1", "p1.e.07." + strings.Repeat("0", 64), whole + "0", whole[:len(whole)-1],
		strings.ToUpper(whole), whole + ".x", "p1.e.0." + strings.Repeat("0", 64), " " + whole,
	} {
		if _, err := eventlog.ParsePosition(token); !errors.Is(err, eventlog.ErrInvalid) {
			t.Errorf("%q: %v", token, err)
		}
	}
}

func FuzzParsePosition(f *testing.F) {
	f.Add("p1.e.0")
	f.Add(eventlog.Position{Epoch: "e", Sequence: 7, Hash: [32]byte{1}}.String())
	f.Fuzz(func(t *testing.T, token string) {
		p, err := eventlog.ParsePosition(token)
		if err == nil && p.String() != token {
			t.Fatalf("%q reads as %+v, which writes as %q", token, p, p.String())
		}
	})
}

func TestMatch(t *testing.T) {
	cases := []struct {
		filter, subject string
		want            bool
	}{
		{">", "incident.a", true},
		{"incident.*", "incident.a", true},
		{"incident.*", "incident.a.b", false},
		{"incident.*", "incident", false},
		{"incident.>", "incident.a.b", true},
		{"incident.>", "incident", false},
		{"catalog.*.*", "catalog.person.p", true},
		{"catalog.*.*", "catalog.person", false},
		{"incident.a", "incident.a", true},
		{"incident.a", "incident.b", false},
		{"*.a", "incident.a", true},
		{"incident.*", "incident.", false},
	}
	for _, c := range cases {
		if got := eventlog.Match(c.filter, c.subject); got != c.want {
			t.Errorf("Match(%q, %q) = %v", c.filter, c.subject, got)
		}
	}
}

func TestRedactionSubjects(t *testing.T) {
	if n, ok := eventlog.RedactedSequence(eventlog.RedactionSubject(42)); !ok || n != 42 {
		t.Fatalf("%d, %v", n, ok)
	}
	for _, s := range []string{"redaction.0", "redaction.07", "redaction.x", "incident.1", "redaction."} {
		if n, ok := eventlog.RedactedSequence(s); ok {
			t.Errorf("%q explains %d", s, n)
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	at := eventlog.Position{Epoch: "old", Sequence: 9}
	for _, err := range []error{
		&eventlog.HoleError{First: 3, Last: 3}, &eventlog.HoleError{First: 3, Last: 5},
		&eventlog.PositionError{Reason: eventlog.ReasonEpoch, Position: at},
		&eventlog.PositionError{Reason: eventlog.ReasonAhead, Position: at},
		&eventlog.PositionError{Reason: eventlog.ReasonHash, Position: at},
	} {
		if text := err.Error(); !strings.Contains(text, "restore") {
			t.Errorf("no advice in %q", text)
		}
	}
}

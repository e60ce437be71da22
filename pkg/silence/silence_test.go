package silence_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/silence"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

func noon() time.Time { return time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC) }

// of makes a silence of an hour from noon.
func of(t *testing.T, s *catalogv1.SilenceSpec) silence.Silence {
	t.Helper()
	s.BeginTime, s.EndTime = timestamppb.New(noon()), timestamppb.New(noon().Add(time.Hour))
	out, err := silence.OfSilence("s", "id", s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMatchers(t *testing.T) {
	labels := map[string]string{"severity": "warning", "host": "db-12", "note": `a "b"`, "lines": "a\nb"}
	for text, want := range map[string]bool{
		"severity=warning":            true,
		`severity="warning"`:          true,
		" severity = warning ":        true,
		"severity=critical":           false,
		"severity!=critical":          true,
		"severity!=warning":           false,
		"host=~db-.*":                 true,
		"host=~db":                    false, // the whole value
		"host=~db-1|db-2":             false, // both sides of it
		"host!~db-1|db-2":             true,
		`host=~"db-\\d+"`:             true,
		"host!~db-.*":                 false,
		"missing=":                    true,
		"missing!=":                   false,
		"missing=~.*":                 true,
		"missing=~.+":                 false,
		"missing!=x":                  true,
		`note="a \"b\""`:              true,
		"lines=~a.b":                  true,
		"severity=~warning|critical":  true,
		"severity=~(?i)WARNING":       true,
		"severity=warning=not-a-list": false,
	} {
		m, err := silence.ParseMatcher(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := m.Matches(labels); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
		if m.String() != strings.TrimSpace(text) {
			t.Errorf("%s is told as %s", text, m)
		}
	}
	for text, says := range map[string]string{
		"":                                "is no condition",
		"severity":                        "is no condition",
		"severity!":                       "after ! comes",
		"=warning":                        "names no label",
		"a=~(":                            "missing closing )",
		`a="b`:                            "is not closed",
		"a=" + strings.Repeat("b", 1024):  "at most 1024 bytes",
		"a=~x{1001}":                      "invalid repeat count",
		"a=~(?=lookahead)":                "invalid or unsupported Perl syntax",
		"a!~" + strings.Repeat("(", 300):  "no regular expression",
		"a=~(x{1000}){1000}":              "no regular expression",
		"a=~" + strings.Repeat("((a{", 9): "no regular expression",
	} {
		if _, err := silence.ParseMatcher(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40q: %v, want that it says %q", text, err, says)
		}
	}
}

func FuzzParseMatcher(f *testing.F) {
	for _, text := range []string{"a=b", `a!="b c"`, "a=~b|c", "a!~x{2,}", "=", "!", `"`, "a=~(", "ä=~ö"} {
		f.Add(text, "b")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		m, err := silence.ParseMatcher(text)
		if err != nil {
			return
		}
		again, err := silence.ParseMatcher(m.String())
		if err != nil {
			t.Fatalf("%q was read, and its own text is not: %v", text, err)
		}
		labels := map[string]string{m.Label: value}
		if m.Matches(labels) != again.Matches(labels) {
			t.Errorf("%q means something else when it is read again", text)
		}
	})
}

func TestAllThatASilenceStatesHasToBeSo(t *testing.T) {
	alert := silence.Alert{
		Source: "alertmanager", Fingerprint: "f1", Labels: map[string]string{"severity": "warning", "env": "prod"},
		Service: func() string { return "checkout" },
	}
	for name, c := range map[string]struct {
		spec *catalogv1.SilenceSpec
		want bool
	}{
		"by labels":               {&catalogv1.SilenceSpec{Match: []string{"severity=warning", "env!=test"}}, true},
		"one label is another":    {&catalogv1.SilenceSpec{Match: []string{"severity=warning", "env=test"}}, false},
		"by service":              {&catalogv1.SilenceSpec{Service: "checkout"}, true},
		"by another service":      {&catalogv1.SilenceSpec{Service: "search"}, false},
		"by its key":              {&catalogv1.SilenceSpec{Source: "alertmanager", Fingerprint: "f1"}, true},
		"by the key of a door":    {&catalogv1.SilenceSpec{Source: "grafana", Fingerprint: "f1"}, false},
		"by another key":          {&catalogv1.SilenceSpec{Source: "alertmanager", Fingerprint: "f2"}, false},
		"by service and by label": {&catalogv1.SilenceSpec{Service: "checkout", Match: []string{"env=test"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := of(t, c.spec).Matches(alert); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
	if of(t, &catalogv1.SilenceSpec{Service: "checkout"}).Matches(silence.Alert{}) {
		t.Error("an alert of no service is concerned")
	}
}

func TestASilenceOfEverythingIsNone(t *testing.T) {
	for name, c := range map[string]struct {
		spec *catalogv1.SilenceSpec
		want error
	}{
		"nothing stated":             {&catalogv1.SilenceSpec{}, silence.ErrEverything},
		"a door":                     {&catalogv1.SilenceSpec{Source: "alertmanager"}, silence.ErrEverything},
		"anything":                   {&catalogv1.SilenceSpec{Match: []string{"severity=~.*", "env!=test"}}, silence.ErrEverything},
		"whatever has a label":       {&catalogv1.SilenceSpec{Match: []string{"severity!="}}, nil},
		"anything, and a label":      {&catalogv1.SilenceSpec{Match: []string{"severity=~.*", "env=test"}}, nil},
		"a service":                  {&catalogv1.SilenceSpec{Service: "checkout"}, nil},
		"an alert":                   {&catalogv1.SilenceSpec{Source: "alertmanager", Fingerprint: "f1"}, nil},
		"whatever is not of an env.": {&catalogv1.SilenceSpec{Match: []string{"env!~prod|"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if err := of(t, c.spec).Narrow(); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestTheOneThatEndsLastIsFound(t *testing.T) {
	all := []silence.Silence{
		{Kind: silence.KindSilence, Name: "short", Begin: noon(), End: noon().Add(time.Hour)},
		{Kind: silence.KindMaintenance, Name: "long", Begin: noon().Add(time.Minute), End: noon().Add(3 * time.Hour)},
		{Kind: silence.KindSilence, Name: "also short", Begin: noon(), End: noon().Add(time.Hour)},
	}
	silence.Sort(all)
	for minutes, want := range map[int]string{-1: "", 0: "also short", 1: "long", 60: "long", 179: "long", 180: ""} {
		got, ok := silence.Find(all, silence.Alert{}, noon().Add(time.Duration(minutes)*time.Minute))
		if got.Name != want || ok != (want != "") {
			t.Errorf("after %d minutes: %q, want %q", minutes, got.Name, want)
		}
	}
	at := noon().Add(-time.Second)
	var edges []string
	for next := silence.Next(all, at); !next.IsZero(); next = silence.Next(all, next) {
		edges = append(edges, next.Format("15:04"))
	}
	if got := strings.Join(edges, " "); got != "12:00 12:01 13:00 15:00" {
		t.Errorf("edges %s", got)
	}
}

func TestAMaintenanceIsOfItsServicesOnly(t *testing.T) {
	m := silence.OfMaintenance("upgrade", "id", &catalogv1.MaintenanceSpec{
		Services: []string{"db", "checkout"}, BeginTime: timestamppb.New(noon()), EndTime: timestamppb.New(noon().Add(time.Hour)),
	})
	for service, want := range map[string]bool{"db": true, "checkout": true, "search": false, "": false} {
		if got := m.Matches(silence.Alert{Service: func() string { return service }}); got != want {
			t.Errorf("%q: %v", service, got)
		}
	}
	if !m.Holds(noon()) || m.Holds(noon().Add(time.Hour)) || m.Narrow() != nil {
		t.Errorf("it holds from its begin until before its end: %+v", m)
	}
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	if _, err := silence.OfSilence("s", "id", &catalogv1.SilenceSpec{Match: []string{"a=~("}}); err == nil {
		t.Error("read")
	}
}

package incident_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

func TestParseSeverity(t *testing.T) {
	for want, words := range map[incident.Severity][]string{
		incident.SEV1:    {"SEV-1", "sev1", "Sev 1", "sev_1", "S1", "P1", "1", "critical", " CRITICAL "},
		incident.SEV2:    {"SEV-2", "p2", "2", "major"},
		incident.SEV3:    {"SEV-3", "p-3", "3", "Minor"},
		incident.Unknown: {"unknown"},
	} {
		for _, word := range words {
			if got, err := incident.ParseSeverity(word); err != nil || got != want {
				t.Errorf("%q is %v, %v; want %v", word, got, err, want)
			}
		}
	}
	for _, word := range []string{"", "0", "4", "SEV-4", "P0", "11", "sevP1", "SEV-", "ps1", "1 2", "１"} {
		if got, err := incident.ParseSeverity(word); incident.KindOf(err) != incident.InvalidArgument {
			t.Errorf("%q is %v, %v; want a refusal", word, got, err)
		}
	}
}

// Every value of every term is read back from its name.
func TestTermsReadBack(t *testing.T) {
	for v := incident.SEV1; v <= incident.SEV3; v++ {
		readBack(t, v, incident.ParseSeverity)
	}
	for v := incident.MetricResource; v <= incident.MetricTraffic; v++ {
		readBack(t, v, incident.ParseMetricKind)
	}
	for v := incident.CheckNormal; v <= incident.CheckUnknown; v++ {
		readBack(t, v, incident.ParseCheckVerdict)
	}
	for v := incident.StatusTriage; v <= incident.StatusCancelled; v++ {
		readBack(t, v, incident.ParseStatus)
	}
	for _, v := range incident.Roles() {
		readBack(t, v, incident.ParseRole)
	}
	for v := incident.Operational; v <= incident.MajorOutage; v++ {
		readBack(t, v, incident.ParseComponentStatus)
	}
	for v := incident.OriginPerson; v <= incident.OriginImport; v++ {
		readBack(t, v, incident.ParseOrigin)
	}
	for v := incident.Unplanned; v <= incident.Maintenance; v++ {
		readBack(t, v, incident.ParseKind)
	}
	for v := incident.Viewer; v <= incident.Admin; v++ {
		readBack(t, v, incident.ParseAuthority)
	}
	for v, want := range map[fmt.Stringer]string{
		incident.Severity(9): "unknown(9)", incident.Status(99): "unknown(99)", incident.StatusUnknown: "unknown",
		incident.CommunicationsLead: "communications_lead", incident.WrongState: "wrong_state",
		incident.PartialOutage: "partial_outage", incident.Nobody: "nobody",
	} {
		if v.String() != want {
			t.Errorf("%#v is %q, want %q", v, v.String(), want)
		}
	}
}

func readBack[T interface {
	comparable
	fmt.Stringer
}](t *testing.T, v T, parse func(string) (T, error)) {
	t.Helper()
	for _, word := range []string{v.String(), strings.ToUpper(v.String()), " " + strings.ReplaceAll(v.String(), "_", "-")} {
		if got, err := parse(word); err != nil || got != v {
			t.Errorf("%q is %v, %v; want %v", word, got, err, v)
		}
	}
}

func TestShortWords(t *testing.T) {
	for word, want := range map[string]incident.Role{
		"ic": incident.Commander, "Tech Lead": incident.TechnicalLead, "comms": incident.CommunicationsLead,
	} {
		if got, err := incident.ParseRole(word); err != nil || got != want {
			t.Errorf("%q is %v, %v; want %v", word, got, err, want)
		}
	}
	if got, err := incident.ParseComponentStatus("partial"); err != nil || got != incident.PartialOutage {
		t.Errorf("partial is %v, %v", got, err)
	}
	if got, err := incident.ParseStatus("canceled"); err != nil || got != incident.StatusCancelled {
		t.Errorf("canceled is %v, %v", got, err)
	}
	var r *incident.Rejection
	if _, err := incident.ParseStatus("broken"); !errors.As(err, &r) || r.Field != "status" || !strings.Contains(r.Message, "monitoring") {
		t.Errorf("broken: %v", err)
	}
	if _, err := incident.ParseStatus("unknown"); err == nil {
		t.Error("a status that is not stated was read")
	}
}

func FuzzParseTerms(f *testing.F) {
	for _, word := range []string{"SEV-1", "p3", "investigating", "technical-lead", "partial outage", "", "\xff", "sev\u00a01"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		again(t, word, incident.ParseSeverity)
		again(t, word, incident.ParseStatus)
		again(t, word, incident.ParseRole)
		again(t, word, incident.ParseComponentStatus)
		again(t, word, incident.ParseOrigin)
		again(t, word, incident.ParseKind)
		again(t, word, incident.ParseAuthority)
	})
}

// again checks that what was read has a name that reads as the same, and that
// a refusal is a Rejection.
func again[T interface {
	comparable
	fmt.Stringer
}](t *testing.T, word string, parse func(string) (T, error)) {
	t.Helper()
	v, err := parse(word)
	if err != nil {
		if incident.KindOf(err) != incident.InvalidArgument {
			t.Errorf("%q: %v", word, err)
		}
		return
	}
	if back, err := parse(v.String()); err != nil || back != v {
		t.Errorf("%q is %v, which reads as %v, %v", word, v, back, err)
	}
}

func FuzzSanitize(f *testing.F) {
	for _, s := range []string{"plain", "a\x00b", "\xff\xfe", "tab\tand\r\nline", "\u0085", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := incident.Sanitize(s)
		if incident.Sanitize(clean) != clean {
			t.Errorf("%q needs sanitizing twice", s)
		}
		if len(clean) > len(s) {
			t.Errorf("%q grew to %q", s, clean)
		}
		start := incident.Fold(incident.Recorded{Event: declaredEvent(), Meta: incident.Meta{Actor: ann}})
		_, err := incident.Decide(start, incident.AddNote{Text: "x" + clean}, incident.Context{Actor: ann, Authority: incident.Responder})
		if err != nil && len(clean) < incident.MaxText {
			t.Errorf("%q is still refused: %v", clean, err)
		}
	})
}

func TestSanitizeName(t *testing.T) {
	for s, want := range map[string]string{
		"checkout": "checkout", " The Shop\n": "The Shop", "": "", "\t ": "", "check\nout": "", "a\x00b": "", "\xff": "",
		strings.Repeat("a", 257): "",
	} {
		if got := incident.SanitizeName(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

func TestIDValid(t *testing.T) {
	for id, want := range map[incident.ID]bool{
		"01957c3e-1b5c-7d2e": true, "inc_41": true, "": false, "a.b": false, "a b": false, "a*": false, "é": false,
		incident.ID(strings.Repeat("a", 257)): false,
	} {
		if id.Valid() != want {
			t.Errorf("%q valid: %v, want %v", id, id.Valid(), want)
		}
	}
}

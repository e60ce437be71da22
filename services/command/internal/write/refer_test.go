package write

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]uint64{
		"INC-41": 41, "inc-41": 41, "41": 41, "#41": 41, " 41 ": 41, "INC-041": 41,
		"": 0, "0": 0, "INC-": 0, "-41": 0, "4 1": 0, "41x": 0, "+41": 0, "k2hzhesb4wfyzmucs6rij4gkma": 0,
		"12345678901234567890123456": 0,
	} {
		if got, ok := parseNumber(text); got != want || ok != (want > 0) {
			t.Errorf("parseNumber(%q) = %d, %v, want %d", text, got, ok, want)
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	f.Add("INC-41")
	f.Add("#1")
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := parseNumber(s)
		if ok != (n > 0) {
			t.Fatalf("parseNumber(%q) = %d, %v", s, n, ok)
		}
		if again, _ := parseNumber(fmt.Sprint("INC-", n)); ok && again != n {
			t.Errorf("%q is %d, which reads back as %d", s, n, again)
		}
		if ok && !strings.ContainsAny(s, "123456789") {
			t.Errorf("%q is %d", s, n)
		}
	})
}

func TestDerivedIDs(t *testing.T) {
	id := deriveID("declare", "ada", "r1")
	if len(id) != 26 || !id.Valid() || id != deriveID("declare", "ada", "r1") {
		t.Errorf("got %q", id)
	}
	for _, other := range [][]string{{"declare", "adar", "1"}, {"declare", "ada", "r2"}, {"import", "ada", "r1"}, {"declare", "ada", "r1", ""}} {
		if deriveID(other...) == id {
			t.Errorf("%q has the same id", other)
		}
	}
}

package page_test

import (
	"errors"
	"testing"

	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/page"
)

func scope(tb testing.TB, list string, open bool) page.Scope {
	tb.Helper()
	s, err := page.ScopeOf(list, &timelinev1.ListIncidentsRequest{Open: open})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestTokensComeBack(t *testing.T) {
	s := scope(t, "incidents", true)
	for _, c := range []page.Cursor{{}, {Micros: -1, Number: 7}, {Micros: 1767225600000000, Number: 1, ID: "abc-_9"}} {
		got, given, err := page.Decode(s, page.Encode(s, c))
		if err != nil || !given || got != c {
			t.Errorf("%+v came back as %+v, %v", c, got, err)
		}
	}
	if c, given, err := page.Decode(s, ""); err != nil || given || c != (page.Cursor{}) {
		t.Errorf("the first page: %+v, %v, %v", c, given, err)
	}
}

func TestTokensAreBoundToTheirList(t *testing.T) {
	token := page.Encode(scope(t, "incidents", true), page.Cursor{Number: 1})
	for name, s := range map[string]page.Scope{
		"other filters": scope(t, "incidents", false), "other list": scope(t, "entries", true),
	} {
		if _, _, err := page.Decode(s, token); !errors.Is(err, page.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatThePostgresCannotHoldIsRefused(t *testing.T) {
	s := scope(t, "incidents", true)
	for _, c := range []page.Cursor{{Number: 1 << 63}, {Micros: 1 << 62}, {Micros: -1 << 63}, {ID: "a\x00b"}, {ID: "a b"}} {
		if _, _, err := page.Decode(s, page.Encode(s, c)); !errors.Is(err, page.ErrInvalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	s := scope(f, "incidents", true)
	f.Add("")
	f.Add("AQ")
	f.Add(page.Encode(s, page.Cursor{Micros: 1, Number: 2, ID: "x"}))
	f.Fuzz(func(t *testing.T, token string) {
		c, given, err := page.Decode(s, token)
		if err == nil && given && page.Encode(s, c) != token {
			t.Errorf("%q was accepted but is not what is written for %+v", token, c)
		}
	})
}

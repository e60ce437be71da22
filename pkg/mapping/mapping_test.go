package mapping_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/mapping"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// full maps a body of which every part is told.
func full() *catalogv1.MappingSpec {
	return &catalogv1.MappingSpec{
		Items: "body.checks", Fingerprint: "body.host + '/' + string(item.id)", State: "item.status", Title: "item.name",
		Description: "item.?output.orValue('')", Url: "'https://m.example/' + string(item.id)", RunbookUrl: "item[?'runbook']",
		StartsAt: "item.since", EndsAt: "item.?until",
		Labels: map[string]string{"host": "body.host", "team": "item.?team.orValue('')", "level": "item.level > 2 ? 'critical' : 'warning'"},
	}
}

const body = `{"host":"db-1","checks":[
 {"id":9007199254740993,"status":"PROBLEM","name":"disk","level":3,"since":"2026-01-02T03:04:05Z","output":"90%","runbook":"https://r.example"},
 {"id":2,"status":"OK","name":"load","level":1,"since":1767323045,"until":1767323046000,"team":"a"},
 {"id":3,"status":"","name":"note","level":1,"since":0}]}`

func TestRead(t *testing.T) {
	m, err := mapping.Compile(full())
	if err != nil {
		t.Fatal(err)
	}
	items, err := m.Read([]byte(body))
	if err != nil || len(items) != 2 {
		t.Fatalf("%+v, %v", items, err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a, b := items[0], items[1]
	if a.Fingerprint != "db-1/9007199254740993" || !a.Firing || a.Title != "disk" || a.Description != "90%" || !a.StartsAt.Equal(at) || !a.EndsAt.IsZero() ||
		a.URL != "https://m.example/9007199254740993" || a.RunbookURL != "https://r.example" || a.Labels["level"] != "critical" || len(a.Labels) != 2 {
		t.Errorf("first: %+v", a)
	}
	if b.Firing || !b.StartsAt.Equal(at) || !b.EndsAt.Equal(at.Add(time.Second)) || b.RunbookURL != "" || b.Labels["team"] != "a" || b.Labels["level"] != "warning" {
		t.Errorf("second: %+v", b)
	}
}

// least is the smallest mapping, with one field changed.
func least(change func(*catalogv1.MappingSpec)) *catalogv1.MappingSpec {
	s := &catalogv1.MappingSpec{Fingerprint: "body.id", State: "body.up ? 'ok' : 'down'", Title: "body.id"}
	change(s)
	return s
}

func TestExpressionsThatCannotBeUsed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*catalogv1.MappingSpec)
		field  string
	}{
		"syntax":      {func(s *catalogv1.MappingSpec) { s.Title = "body.id +" }, "title"},
		"two fields":  {func(s *catalogv1.MappingSpec) { s.Title, s.Url = "(", ")" }, "title"},
		"no variable": {func(s *catalogv1.MappingSpec) { s.State = "alert.state" }, "state"},
		"no function": {func(s *catalogv1.MappingSpec) { s.Fingerprint = "md5(body.id)" }, "fingerprint"},
		"no list":     {func(s *catalogv1.MappingSpec) { s.Items = "'a'" }, "items"},
		"no text":     {func(s *catalogv1.MappingSpec) { s.Title = "[1]" }, "title"},
		"no state":    {func(s *catalogv1.MappingSpec) { s.State = "1" }, "state"},
		"no time":     {func(s *catalogv1.MappingSpec) { s.StartsAt = "true" }, "starts_at"},
		"no label":    {func(s *catalogv1.MappingSpec) { s.Labels = map[string]string{"a": "{}"} }, "labels.a"},
	} {
		_, err := mapping.Compile(least(c.change))
		problems := mapping.Problems(err)
		if len(problems) == 0 || problems[0].Field != c.field || strings.Contains(err.Error(), "\n") && name != "two fields" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := mapping.Compile(least(func(*catalogv1.MappingSpec) {})); err != nil || mapping.Problems(err) != nil {
		t.Errorf("the smallest: %v", err)
	}
}

func TestBodiesThatAreNotMeant(t *testing.T) {
	many := `[` + strings.Repeat("1,", mapping.MaxItems) + `1]`
	for name, c := range map[string]struct {
		change func(*catalogv1.MappingSpec)
		body   string
		says   string
	}{
		"no JSON":         {nil, `x`, "no JSON"},
		"two values":      {nil, `{} {}`, "follows"},
		"no such key":     {nil, `{"up":false}`, "item 1: fingerprint"},
		"no bool":         {nil, `{"id":"a","up":"no"}`, "item 1"},
		"an empty key":    {nil, `{"id":"","up":true}`, "it is empty"},
		"an unknown word": {func(s *catalogv1.MappingSpec) { s.State = "'maybe'" }, `{"id":"a"}`, "maybe"},
		"a list as text":  {func(s *catalogv1.MappingSpec) { s.Title = "body.list" }, `{"id":"a","up":true,"list":[1]}`, "want a text"},
		"no list":         {func(s *catalogv1.MappingSpec) { s.Items = "body.list" }, `{"list":1}`, "want a list"},
		"too many":        {func(s *catalogv1.MappingSpec) { s.Items = "body" }, many, "at most"},
		"no time":         {func(s *catalogv1.MappingSpec) { s.StartsAt = "body.at" }, `{"id":"a","up":true,"at":"soon"}`, "RFC 3339"},
		"no such year":    {func(s *catalogv1.MappingSpec) { s.StartsAt = "body.at" }, `{"id":"a","up":true,"at":1e300}`, "no time"},
		"too costly": {
			func(s *catalogv1.MappingSpec) {
				s.Title = "string(body.l.map(a, body.l.map(b, body.l.map(c, a + b + c))).size())"
			},
			`{"id":"a","up":true,"l":[` + strings.Repeat("1,", 500) + `1]}`, "cost",
		},
	} {
		if c.change == nil {
			c.change = func(*catalogv1.MappingSpec) {}
		}
		m, err := mapping.Compile(least(c.change))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Read([]byte(c.body)); !errors.Is(err, mapping.ErrBody) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want it to say %q", name, err, c.says)
		}
	}
}

func TestStates(t *testing.T) {
	m, err := mapping.Compile(least(func(s *catalogv1.MappingSpec) { s.State = "body.s" }))
	if err != nil {
		t.Fatal(err)
	}
	for said, want := range map[string]string{`true`: "firing", `false`: "resolved", `"Down"`: "firing", `" up "`: "resolved", `""`: "", `null`: ""} {
		items, err := m.Read([]byte(`{"id":1,"s":` + said + `}`))
		got := ""
		if len(items) == 1 {
			got = map[bool]string{true: "firing", false: "resolved"}[items[0].Firing]
		}
		if err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", said, got, err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(body), "item.name")
	f.Add([]byte(`{"checks":[{}]}`), "body.a.b[0] + 1")
	f.Fuzz(func(t *testing.T, sent []byte, title string) {
		s := full()
		s.Title = title
		m, err := mapping.Compile(s)
		if err != nil {
			if mapping.Problems(err) == nil {
				t.Fatalf("nobody knows what is wrong: %v", err)
			}
			return
		}
		items, err := m.Read(sent)
		if err != nil && !errors.Is(err, mapping.ErrBody) {
			t.Fatal(err)
		}
		for _, i := range items {
			if i.Fingerprint == "" || i.Title == "" {
				t.Fatalf("%+v", i)
			}
		}
	})
}

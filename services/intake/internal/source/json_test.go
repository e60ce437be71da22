package source_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/mapping"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

const jsonBody = `{"host":"db-1","checks":[{"id":1,"status":"problem","name":"disk","runbook":"https://r.example","at":1763912000},{"id":2,"status":"ok","name":"load"}]}`

// mapped is a source whose only sender has a mapping.
func mapped(t testing.TB) source.JSON {
	t.Helper()
	m, err := mapping.Compile(&catalogv1.MappingSpec{
		Items: "body.checks", Fingerprint: "body.host + '/' + string(item.id)", State: "item.status", Title: "item.name",
		RunbookUrl: "item.?runbook", StartsAt: "item.?at", Labels: map[string]string{"host": "body.host"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return source.JSON{Mappings: func(sender string) (*mapping.Mapping, error) {
		if sender != "tester" {
			return nil, source.ErrNoMapping
		}
		return m, nil
	}}
}

func TestJSON(t *testing.T) {
	j := mapped(t)
	batch, err := j.Parse(sourcetest.Signal([]byte(jsonBody)))
	if err != nil || len(batch.Alerts) != 2 {
		t.Fatalf("%+v, %v", batch, err)
	}
	sourcetest.Check(t, batch)
	a, b := batch.Alerts[0], batch.Alerts[1]
	if a.Fingerprint != "tester/db-1/1" || !a.Firing || !a.Keyed || a.StartsAt.Unix() != 1763912000 || a.RunbookURL != "https://r.example" || a.Labels["host"] != "db-1" {
		t.Errorf("first: %+v", a)
	}
	if b.Firing || !b.StartsAt.Equal(arrived()) || b.Title != "load" {
		t.Errorf("second: %+v", b)
	}
	for _, body := range []string{"", "{", "[]", `{"checks":[{}]}`, strings.Replace(jsonBody, "problem", "maybe", 1)} {
		if _, err := j.Parse(sourcetest.Signal([]byte(body))); !errors.Is(err, source.ErrMalformed) {
			t.Errorf("%s: %v", body, err)
		}
	}
	other := sourcetest.Signal([]byte(jsonBody))
	other.Sender = "nobody"
	if _, err := j.Parse(other); !errors.Is(err, source.ErrMalformed) {
		t.Errorf("without a mapping: %v", err)
	}
}

func FuzzJSON(f *testing.F) { fuzz(f, mapped(f), jsonBody) }

package event_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
)

// update writes the published catalogue anew.
func update() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

var _ = flag.Bool("update", false, "write golden files")

// strict forbids fields that a schema does not describe: receivers must expect new
// ones, but each that we send today has to be described.
func strict(t *testing.T, schema []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	closed(document)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:schema", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:schema")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// closed closes every object of a schema that describes fields.
func closed(schema any) {
	switch s := schema.(type) {
	case map[string]any:
		delete(s, "$id")
		if _, ok := s["properties"].(map[string]any); ok {
			s["additionalProperties"] = false
		}
		for _, v := range s {
			closed(v)
		}
	case []any:
		for _, v := range s {
			closed(v)
		}
	}
}

func schemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	types, err := event.Types()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*jsonschema.Schema{}
	for _, typ := range types {
		if !strings.HasSuffix(typ.Description, ".") {
			t.Errorf("%s: %q is no sentence", typ.Name, typ.Description)
		}
		out[typ.Name] = strict(t, typ.Schema)
	}
	return out
}

func valid(t *testing.T, s *jsonschema.Schema, body []byte) error {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(document)
}

func TestEveryBodyIsAsTheCatalogueSays(t *testing.T) {
	all := schemas(t)
	seen := map[string]bool{}
	for _, e := range incidenttest.Samples() {
		if _, unknown := e.(incident.Unrecognized); unknown {
			continue
		}
		seen[e.Type()] = true
		one := entry(e)
		body, err := writer().Body(event.Incident{}.Evolve(one), one)
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(t, all[e.Type()], body); err != nil {
			t.Errorf("%s: %v\n%s", e.Type(), err, body)
		}
		if valid(t, all[e.Type()], bytes.Replace(body, []byte(`"specversion":"1.0"`), []byte(`"specversion":"0.3"`), 1)) == nil {
			t.Errorf("%s: the schema takes anything", e.Type())
		}
	}
	for _, typ := range incident.Types() {
		if !seen[typ] {
			t.Errorf("there is no sample of %s", typ)
		}
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	hook := event.Webhook{ID: "w", Name: "ops"}
	test, err := writer().Test("e", hook, at)
	if err != nil || valid(t, all[event.TypeTest], test) != nil {
		t.Errorf("%v %s", err, test)
	}
	disabled, err := writer().Disabled("e", hook, at, "failing", "every attempt has failed")
	if err != nil || valid(t, all[event.TypeDisabled], disabled) != nil {
		t.Errorf("%v %s", err, disabled)
	}
}

// TestThePublishedCatalogueIsThisOne compares the file for readers; -update
// writes it.
func TestThePublishedCatalogueIsThisOne(t *testing.T) {
	types, err := event.Types()
	if err != nil {
		t.Fatal(err)
	}
	schemas := make([]json.RawMessage, 0, len(types))
	for _, typ := range types {
		schemas = append(schemas, typ.Schema)
	}
	want, err := json.MarshalIndent(map[string]any{"event_types": schemas}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	path := filepath.Join("..", "..", "..", "..", "docs", "guides", "webhook-events.json")
	if update() {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("docs/guides/webhook-events.json is out of date: run this test with -update (%v)", err)
	}
}

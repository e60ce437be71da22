package document_test

import (
	"bytes"
	"reflect"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/document"
)

// fill writes a word into every text of a value, and lets what names an entry name
// none.
func fill(v reflect.Value, word string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(word)
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), word)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), word)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() && v.Type().Field(i).Name == "Entry" {
				f.SetUint(9999)
			} else if f.CanSet() {
				fill(f, word)
			}
		}
	default:
	}
}

// TestNoEventLetsAWordOut applies an event of every type, with a word in each of its
// texts, to an incident of which customers are told under another name. What an
// update says is public; nothing else is.
func TestNoEventLetsAWordOut(t *testing.T) {
	t.Parallel()
	const word = "canary"
	filled := func(e incident.Event) incident.Event {
		v := reflect.New(reflect.TypeOf(e)).Elem()
		v.Set(reflect.ValueOf(e))
		fill(v, word)
		return v.Interface().(incident.Event)
	}
	samples := incidenttest.Samples()
	types := map[string]bool{}
	declared := filled(incident.Declared{Title: word, Summary: word, Services: []string{word}, Severity: incident.SEV1}).(incident.Declared)
	h := document.NewHistory("one")
	h.Apply(recorded(0, declared))
	public := said("u1", "Public", "What customers may know.", incident.StatusInvestigating)
	public.Components = []incident.ComponentImpact{{Component: word, Status: incident.MajorOutage}}
	h.Apply(recorded(1, public))
	for n, e := range samples {
		types[e.Type()] = true
		if e.Type() == declared.Type() || e.Type() == public.Type() {
			continue
		}
		h.Apply(recorded(n+2, filled(e)))
		data, err := proto.Marshal(h.Document())
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(word)) {
			t.Errorf("%s lets it out: %v", e.Type(), h.Document())
		}
		if !bytes.Contains(data, []byte("What customers may know.")) {
			t.Fatalf("%s takes away what is public", e.Type())
		}
	}
	if len(types) < 20 {
		t.Errorf("only %d types of events", len(types))
	}
}

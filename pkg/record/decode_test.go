package record_test

import (
	"errors"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
	"github.com/bridgelog/bridgelog/pkg/record"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func TestTypesOfLaterVersions(t *testing.T) {
	later := chain.Draft{Type: "incident.applauded", Facts: []byte{8, 1}, Content: []byte("x"), Ignorable: true}
	got, err := record.Decode(envelope(t, later))
	if want := (incident.Unrecognized{Name: "incident.applauded"}); err != nil || got.Event != want {
		t.Errorf("ignorable: %#v, %v", got.Event, err)
	}
	later.Ignorable = false
	got, err = record.Decode(envelope(t, later))
	if !errors.Is(err, record.ErrUnknownCritical) {
		t.Errorf("critical: %v", err)
	}
	// Whoever only shows things can go on.
	if want := (incident.Unrecognized{Name: "incident.applauded", Critical: true}); got.Event != want || got.Revision != 1 {
		t.Errorf("critical: %+v", got)
	}
}

// Fields that a later version added to a type are passed over.
func TestFieldsOfLaterVersions(t *testing.T) {
	draft, err := record.Encode(incident.SeverityChanged{From: incident.SEV1, To: incident.SEV2, Reason: "r"})
	if err != nil {
		t.Fatal(err)
	}
	const field99 = "\x9a\x06\x03new"
	draft.Facts = append(draft.Facts, field99...)
	draft.Content = append(draft.Content, field99...)
	got, err := record.Decode(envelope(t, draft))
	if want := (incident.SeverityChanged{From: incident.SEV1, To: incident.SEV2, Reason: "r"}); err != nil || got.Event != want {
		t.Errorf("%#v, %v", got.Event, err)
	}
}

func TestMalformed(t *testing.T) {
	for _, typ := range incident.Types() {
		if typ == "incident.acknowledged" {
			continue // has neither facts nor content
		}
		bad := chain.Draft{Type: typ, Facts: []byte{0xff}, Content: []byte{0xff}}
		if _, err := record.Decode(envelope(t, bad)); !errors.Is(err, record.ErrMalformed) {
			t.Errorf("%s: %v", typ, err)
		}
	}
	if _, err := record.Decode(chain.Record{EnvelopeBytes: []byte{0xff}}); !errors.Is(err, chain.ErrMalformed) {
		t.Errorf("envelope: %v", err)
	}
	if _, err := record.DecodeParsed(&chain.Envelope{Subject: "alert.1"}, chain.Record{}); !errors.Is(err, record.ErrNotIncident) {
		t.Errorf("subject: %v", err)
	}
	// A mark of redaction wins over content that should not be there.
	draft, err := record.Encode(incident.NoteAdded{Text: "secret", Label: "l"})
	if err != nil {
		t.Fatal(err)
	}
	r := envelope(t, draft)
	r.Redacted = true
	if got, err := record.Decode(r); err != nil || got.Event != (incident.NoteAdded{Label: "l"}) {
		t.Errorf("redacted: %#v, %v", got.Event, err)
	}
}

func TestNotStorable(t *testing.T) {
	for _, e := range []incident.Event{
		incident.Unrecognized{Name: "incident.applauded"},
		incident.NoteAdded{Text: "a\xffb"},
		incident.Merged{Into: "\xff"},
	} {
		if d, err := record.Encode(e); !errors.Is(err, record.ErrNotStorable) || d.Type != "" {
			t.Errorf("%#v: %v, %v", e, d, err)
		}
	}
}

func TestMarks(t *testing.T) {
	for _, e := range incidenttest.Samples() {
		d, err := record.Encode(e)
		if err != nil || d.Type != e.Type() || d.Ignorable != incident.Ignorable(e) {
			t.Errorf("%s: %+v, %v", e.Type(), d, err)
		}
		if incident.HasContent(e) && len(d.Content) == 0 {
			t.Errorf("%s has content in the domain and none in the log", e.Type())
		}
	}
}

// The numbers of the schema's enumerations are those of the domain.
func TestEnumerationsAgree(t *testing.T) {
	tests := []struct {
		values protoreflect.EnumValueDescriptors
		prefix string
		parse  func(string) (uint8, error)
		first  int // values below are "not stated"
	}{
		{incidentv1.Severity(0).Descriptor().Values(), "SEVERITY_", number(incident.ParseSeverity), 1},
		{incidentv1.Status(0).Descriptor().Values(), "STATUS_", number(incident.ParseStatus), 1},
		{incidentv1.Role(0).Descriptor().Values(), "ROLE_", number(incident.ParseRole), 1},
		{incidentv1.ComponentStatus(0).Descriptor().Values(), "COMPONENT_STATUS_", number(incident.ParseComponentStatus), 1},
		{incidentv1.Origin(0).Descriptor().Values(), "ORIGIN_", number(incident.ParseOrigin), 1},
		{incidentv1.Relation(0).Descriptor().Values(), "RELATION_", number(incident.ParseRelation), 1},
		{incidentv1.Trend(0).Descriptor().Values(), "TREND_", number(incident.ParseTrend), 1},
		{incidentv1.IncidentKind(0).Descriptor().Values(), "INCIDENT_KIND_", number(incident.ParseKind), 1},
	}
	for _, tt := range tests {
		for i := tt.first; i < tt.values.Len(); i++ {
			v := tt.values.Get(i)
			word := string(v.Name())[len(tt.prefix):]
			if got, err := tt.parse(word); err != nil || int(got) != int(v.Number()) {
				t.Errorf("%s is %d in the schema and %d in the domain, %v", v.Name(), v.Number(), got, err)
			}
		}
	}
}

func number[T ~uint8](parse func(string) (T, error)) func(string) (uint8, error) {
	return func(s string) (uint8, error) {
		v, err := parse(s)
		return uint8(v), err
	}
}

// Values of later versions never become values that mean something else here.
func TestTermsOfLaterVersions(t *testing.T) {
	for _, n := range []uint64{300, 257, 1 << 31, 1<<64 - 1} {
		facts := []byte{16} // field 2, "to"
		for n >= 0x80 {
			facts = append(facts, byte(n)|0x80)
			n >>= 7
		}
		facts = append(facts, byte(n))
		got, err := record.Decode(envelope(t, chain.Draft{Type: "incident.severity_changed", Facts: facts}))
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := got.Event.(incident.SeverityChanged); !ok || e.To.Known() || e.To == incident.Unknown {
			t.Errorf("%v: %#v", facts, got.Event)
		}
	}
}

// Whatever bytes come, decoding ends with an event or an error, and what was
// read can be stored and read again as the same.
func FuzzDecode(f *testing.F) {
	for _, e := range incidenttest.Samples() {
		d, err := record.Encode(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(d.Type, d.Facts, d.Content, false)
		f.Add(d.Type, d.Facts, d.Content, true)
	}
	f.Add("incident.applauded", []byte{1}, []byte{2}, false)
	f.Fuzz(func(t *testing.T, typ string, facts, content []byte, redacted bool) {
		env := &chain.Envelope{Subject: "incident.inc-41", Revision: 1, Type: typ}
		got, err := record.DecodeParsed(env, chain.Record{Facts: facts, Content: content, Redacted: redacted})
		if err != nil {
			if !errors.Is(err, record.ErrMalformed) && !errors.Is(err, record.ErrUnknownCritical) {
				t.Fatalf("an error without a name: %v", err)
			}
			return
		}
		d, err := record.Encode(got.Event)
		if err != nil {
			t.Fatalf("read %#v, which cannot be stored: %v", got.Event, err)
		}
		again, err := record.DecodeParsed(env, chain.Record{Facts: d.Facts, Content: d.Content, Redacted: redacted})
		if err != nil || !equal(again.Event, got.Event) {
			t.Fatalf("read %#v, then %#v, %v", got.Event, again.Event, err)
		}
		incident.Fold(got, again)
	})
}

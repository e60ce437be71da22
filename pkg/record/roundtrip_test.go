package record_test

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
	"github.com/bridgelog/bridgelog/pkg/record"
)

// envelope returns the bytes of an envelope that names the type.
func envelope(tb testing.TB, draft chain.Draft) chain.Record {
	tb.Helper()
	draft.EventID, draft.Actor, draft.Principal = "e-1", "p-ann", "m-bot"
	draft.OccurredAt = incidenttest.Start().Add(-time.Minute)
	data, _, err := chain.Seal(chain.Head{}, "incident.inc-41", []chain.Draft{draft}, chain.Request{ID: "req-1", Body: []byte("b")}, incidenttest.Start(), zeros{})
	if err != nil {
		tb.Fatalf("seal: %v", err)
	}
	c, err := chain.Open(data)
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	return c.Records[0]
}

// zeros stands in for randomness where salts do not matter.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Every event comes back as it was, whatever its fields hold.
func TestEveryEventComesBack(t *testing.T) {
	for _, sample := range incidenttest.Samples() {
		t.Run(sample.Type(), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				want := draw(rt, reflect.TypeOf(sample))
				draft, err := record.Encode(want)
				if err != nil {
					rt.Fatalf("encode: %v", err)
				}
				got, err := record.Decode(envelope(t, draft))
				if err != nil {
					rt.Fatalf("decode: %v", err)
				}
				if !reflect.DeepEqual(got.Event, want) {
					rt.Fatalf("came back as %#v, was %#v", got.Event, want)
				}
			})
		})
	}
}

// draw fills every field of an event with something that can be stored.
func draw(t *rapid.T, typ reflect.Type) incident.Event {
	v := reflect.New(typ).Elem()
	fill(t, v, typ.Name())
	e, ok := reflect.TypeAssert[incident.Event](v)
	if !ok {
		t.Fatalf("%s is not an event", typ)
	}
	return e
}

func fill(t *rapid.T, v reflect.Value, name string) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		// 0 microseconds is stored as "no time", as is the zero time.
		us := rapid.Int64Range(-1<<50, 1<<55).Filter(func(us int64) bool { return us != 0 }).Draw(t, name)
		at := time.UnixMicro(us).UTC()
		if rapid.IntRange(0, 4).Draw(t, name+" is absent") == 0 {
			at = time.Time{}
		}
		v.Set(reflect.ValueOf(at))
		return
	}
	if v.Type() == reflect.TypeFor[time.Duration]() {
		// Lengths are stored as whole microseconds.
		v.SetInt(rapid.Int64Range(0, 1<<50).Draw(t, name) * int64(time.Microsecond))
		return
	}
	if v.Type() == reflect.TypeFor[incident.Measured]() {
		// What is not known has no value.
		if rapid.Bool().Draw(t, name+" is known") {
			v.Set(reflect.ValueOf(incident.Measured{Value: rapid.Float64().Draw(t, name), Known: true}))
		}
		return
	}
	switch v.Kind() {
	case reflect.Float64:
		v.SetFloat(rapid.Float64().Draw(t, name))
	case reflect.String:
		v.SetString(rapid.String().Draw(t, name))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, name))
	case reflect.Uint8: // an enumeration, also with values of later versions
		v.SetUint(uint64(rapid.Uint8().Draw(t, name)))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, name))
	case reflect.Uint32:
		v.SetUint(uint64(rapid.Uint32().Draw(t, name)))
	case reflect.Int32:
		v.SetInt(int64(rapid.Int32().Draw(t, name)))
	case reflect.Slice:
		n := rapid.IntRange(0, 3).Draw(t, name+" length")
		if n == 0 {
			return // empty lists come back as nil
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i), name)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), v.Type().Field(i).Name)
		}
	default:
		t.Fatalf("%s has a kind that this test does not fill: %s", name, v.Kind())
	}
}

// Meta data comes from the envelope; a sealed record can be redacted and still
// gives its facts.
func TestThroughTheChain(t *testing.T) {
	var drafts []chain.Draft
	for i, e := range incidenttest.Samples() {
		d, err := record.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		d.EventID, d.Actor = string(rune('a'+i)), "p-ann"
		drafts = append(drafts, d)
	}
	data, _, err := chain.Seal(chain.Head{}, "incident.inc-41", drafts, chain.Request{}, incidenttest.Start(), zeros{})
	if err != nil {
		t.Fatal(err)
	}
	const revision = 3 // the change of severity
	if data, err = chain.RedactCommit(data, revision); err != nil {
		t.Fatal(err)
	}
	c, err := chain.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range incidenttest.Samples() {
		if _, err := chain.VerifyRecord(c.Records[i]); err != nil {
			t.Errorf("verify: %v", err)
		}
		got, err := record.Decode(c.Records[i])
		if err != nil {
			t.Fatal(err)
		}
		if i+1 == revision {
			want = incident.SeverityChanged{From: incident.SEV1, To: incident.SEV2}
		}
		if !reflect.DeepEqual(got.Event, want) || got.Redacted != (i+1 == revision) || got.Revision != uint64(i)+1 {
			t.Errorf("%+v, want %#v", got, want)
		}
	}
}

func TestMeta(t *testing.T) {
	draft, err := record.Encode(incident.Acknowledged{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := record.Decode(envelope(t, draft))
	want := incident.Meta{
		Incident: "inc-41", EventID: "e-1", Revision: 1, OccurredAt: incidenttest.Start().Add(-time.Minute),
		RecordedAt: incidenttest.Start(), Actor: "p-ann", Principal: "m-bot", RequestID: "req-1",
	}
	if err != nil || got.Meta != want {
		t.Errorf("%+v, %v\nwant %+v", got.Meta, err, want)
	}
}

package clockfacts_test

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	"github.com/bridgelog/bridgelog/services/timeline/internal/clockfacts"
)

// fill draws a value for every field, so that one that is forgotten is noticed.
func fill(t *rapid.T, v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		if rapid.Bool().Draw(t, "happened") {
			v.Set(reflect.ValueOf(time.UnixMicro(rapid.Int64Range(-1<<52, 1<<52).Draw(t, "micros")).UTC()))
		}
	case v.Type() == reflect.TypeFor[clock.Moment]():
		fill(t, v.Field(0))
		if !v.Field(0).IsZero() {
			fill(t, v.Field(1))
		}
	case v.Kind() == reflect.Struct:
		for _, field := range v.Fields() {
			fill(t, field)
		}
	case v.Kind() == reflect.Slice:
		n := rapid.IntRange(0, 3).Draw(t, "length")
		for range n {
			element := reflect.New(v.Type().Elem()).Elem()
			fill(t, element)
			v.Set(reflect.Append(v, element))
		}
	case v.Kind() == reflect.String:
		v.SetString(rapid.String().Draw(t, "text"))
	case v.Kind() == reflect.Uint8:
		v.SetUint(uint64(rapid.Uint8().Draw(t, "term")))
	case v.Kind() == reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "revision"))
	default:
		t.Fatalf("%s: a kind of field that is not drawn", v.Type())
	}
}

func TestWhatIsStoredComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var f clock.Facts
		fill(t, reflect.ValueOf(&f).Elem())
		if f.Declared.Never() {
			f = clock.Facts{}
		}
		data, err := clockfacts.Encode(f)
		if err != nil {
			t.Fatal(err)
		}
		got, err := clockfacts.Decode(data)
		if err != nil || !reflect.DeepEqual(got, f) {
			t.Fatalf("stored %+v\n  came back %+v, %v", f, got, err)
		}
		again, err := clockfacts.Encode(got)
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("encoded anew it is %x, was %x, %v", again, data, err)
		}
	})
}

// Lists read the facts of every incident they show.
func TestStoredFactsAreSmall(t *testing.T) {
	start := time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)
	at := func(minutes int, revision uint64) clock.Moment {
		return clock.Moment{At: start.Add(time.Duration(minutes) * time.Minute), Revision: revision}
	}
	f := clock.Facts{
		Declared: at(0, 1), Acknowledged: at(2, 2), InternalUpdate: at(20, 9), FirstExternal: at(8, 4), ExternalUpdate: at(25, 11),
		Phases: []clock.Phase{
			{From: at(0, 1), Severity: incident.SEV2, Status: incident.StatusTriage},
			{From: at(3, 3), Severity: incident.SEV2, Status: incident.StatusInvestigating},
			{From: at(15, 7), Severity: incident.SEV1, Status: incident.StatusIdentified},
			{From: at(30, 12), Severity: incident.SEV1, Status: incident.StatusResolved},
		},
		Roles:    []clock.Held{{Role: incident.Commander, Since: at(4, 5)}, {Role: incident.Scribe, Since: at(5, 6)}},
		Resolved: at(30, 12),
	}
	data, err := clockfacts.Encode(f)
	if err != nil {
		t.Fatal(err)
	}
	const most = 192
	if len(data) > most {
		t.Errorf("a usual incident takes %d bytes, want at most %d", len(data), most)
	}
}

func FuzzDecode(f *testing.F) {
	data, err := clockfacts.Encode(clock.Facts{
		Declared: clock.Moment{At: time.Unix(1, 0), Revision: 1},
		Tasks:    []clock.Item{{ID: "T1", Due: time.Unix(9, 0)}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		facts, err := clockfacts.Decode(data)
		if err != nil {
			return
		}
		if _, err := clockfacts.Encode(facts); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}

func TestWhatIsNotStoredFactsIsRefused(t *testing.T) {
	if _, err := clockfacts.Decode([]byte("{")); err == nil {
		t.Error("read")
	}
	if f, err := clockfacts.Decode(nil); err != nil || !f.Declared.Never() {
		t.Errorf("nothing stored: %+v, %v", f, err)
	}
}

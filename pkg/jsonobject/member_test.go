package jsonobject_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/jsonobject"
)

func TestReplaceKeepsEveryOtherByte(t *testing.T) {
	secret := func(m jsonobject.Member) bool { return m.Name == "key" }
	for text, want := range map[string]string{
		`{"key":"a"}`: `{"key":"X"}`,
		" {\t\"a\" : 1 , \"key\" : \"s\\\"\" , \"b\":[ 1,{\"key\":2}] }\n": " {\t\"a\" : 1 , \"key\" : \"X\" , \"b\":[ 1,{\"key\":2}] }\n",
		`{"key":1,"a":"<&>é","key":{"key":2}}`:                             `{"key":"X","a":"<&>é","key":"X"}`,
		`{"\u006bey":-1.50e3 ,"z":null}`:                                   `{"\u006bey":"X" ,"z":null}`,
		`{"n":12345678901234567890.0}`:                                     `{"n":12345678901234567890.0}`,
		`{}`:                                                               `{}`,
	} {
		got, _, err := jsonobject.Replace([]byte(text), []byte(`"X"`), secret)
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{``, `[]`, `"key"`, `{"key":1}{}`, `{"key":1`, `{"key":1,}`, `null`} {
		if got, _, err := jsonobject.Replace([]byte(text), []byte(`"X"`), secret); !errors.Is(err, jsonobject.ErrNoObject) {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
}

func TestSet(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                 ` {"k":"v\"<"}`[1:],
		` { "a": 1}`:         ` {"k":"v\"<", "a": 1}`,
		`{"a":1, "k": null}`: `{"a":1, "k": "v\"<"}`,
	} {
		got, err := jsonobject.Set([]byte(text), "k", `v"<`)
		var have, wanted any
		if err != nil || json.Unmarshal(got, &have) != nil || json.Unmarshal([]byte(want), &wanted) != nil || !reflect.DeepEqual(have, wanted) {
			t.Errorf("%s: %s, %v; want %s", text, got, err, want)
		}
	}
	if _, err := jsonobject.Set([]byte(`[]`), "k", "v"); !errors.Is(err, jsonobject.ErrNoObject) {
		t.Errorf("a list: %v", err)
	}
}

func TestStrings(t *testing.T) {
	text := []byte(`{"a":"x\u00e9","b":1,"c":null}`)
	all, err := jsonobject.Members(text)
	if err != nil || len(all) != 3 {
		t.Fatalf("%v, %v", all, err)
	}
	for i, want := range []string{"xé", "", ""} {
		if got, ok := all[i].String(text); got != want || ok != (i == 0) {
			t.Errorf("%s: %q, %v", all[i].Name, got, ok)
		}
	}
}

// FuzzReplace holds that what is replaced is JSON still, and that the members that were not
// chosen have the same bytes.
func FuzzReplace(f *testing.F) {
	for _, seed := range []string{`{"key":"a"}`, ` { "a" :1, "key":[1, {"b":2}] }`, `{"key":1,"key":2}`, `{"\u006bey":1}`, `[]`, "{\"key\":\xff}", `{"a":1}`} {
		f.Add([]byte(seed), "key")
	}
	f.Fuzz(func(t *testing.T, text []byte, name string) {
		before, err := jsonobject.Members(text)
		got, n, err2 := jsonobject.Replace(text, []byte(`"hidden"`), func(m jsonobject.Member) bool { return m.Name == name })
		if (err == nil) != (err2 == nil) {
			t.Fatalf("%v and %v", err, err2)
		}
		if err != nil {
			return
		}
		after, err := jsonobject.Members(got)
		if err != nil || len(after) != len(before) {
			t.Fatalf("%q became %q: %v", text, got, err)
		}
		replaced := 0
		for i, m := range before {
			switch have := got[after[i].Start:after[i].End]; {
			case m.Name == name:
				if replaced++; string(have) != `"hidden"` {
					t.Errorf("%q is not replaced", have)
				}
			case !bytes.Equal(have, text[m.Start:m.End]):
				t.Errorf("%q became %q", text[m.Start:m.End], have)
			}
		}
		if replaced != n {
			t.Errorf("%d are said to be replaced, and %d are", n, replaced)
		}
		set, err := jsonobject.Set(text, "dedup", name)
		if err != nil || !json.Valid(set) {
			t.Errorf("%q became %q: %v", text, set, err)
		}
	})
}

package catalog_test

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/catalog"
)

func builtIn(t *testing.T) []*catalog.Resource {
	t.Helper()
	resources, err := catalog.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return resources
}

func TestTheBuiltInPlaybookIsValid(t *testing.T) {
	b := newBench(t)
	changes, err := catalog.Plan(b.catchUp(), builtIn(t), b.options)
	if err != nil {
		t.Fatal(err)
	}
	b.apply(changes)
	again, err := catalog.Plan(b.catchUp(), builtIn(t), b.options)
	if err != nil || len(again) != 0 {
		t.Errorf("applying it twice changes %d resources, %v", len(again), err)
	}
	count := map[string]int{}
	for _, r := range b.fold.State().List("") {
		count[r.Kind]++
	}
	for kind, want := range map[string]int{"severity": 3, "role": 4, "checklist": 12, "template": 10, "clock_policy": 10, "calendar": 2, "category": 7} {
		if count[kind] != want {
			t.Errorf("%d of kind %s, want %d", count[kind], kind, want)
		}
	}
}

func TestTheBuiltInPlaybookIsReadBack(t *testing.T) {
	want := builtIn(t)
	var b bytes.Buffer
	if err := catalog.Format(&b, want); err != nil {
		t.Fatal(err)
	}
	got, err := catalog.Parse("again.yaml", b.Bytes())
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d of %d came back: %v", len(got), len(want), err)
	}
	for i := range want {
		if got[i].Key() != want[i].Key() || !proto.Equal(got[i].Spec, want[i].Spec) {
			t.Errorf("%s came back different", want[i].Key())
		}
	}
}

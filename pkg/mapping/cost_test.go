package mapping_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/mapping"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// checks is a body with as many items as one may hold.
func checks() []byte {
	one := `{"id":1,"status":"PROBLEM","name":"disk full on the database","level":3,"since":"2026-01-02T03:04:05Z"},`
	return []byte(`{"host":"db-1","checks":[` + strings.TrimSuffix(strings.Repeat(one, mapping.MaxItems), ",") + `]}`)
}

func TestTheLargestBodyCanBeRead(t *testing.T) {
	spec := full()
	for i := range 30 {
		spec.Labels[fmt.Sprint("l", i)] = "item.name.split(' ')[0].upperAscii() + '-' + body.host.replace('db', 'database')"
	}
	m, err := mapping.Compile(spec)
	if err != nil {
		t.Fatal(err)
	}
	items, err := m.Read(checks())
	if err != nil || len(items) != mapping.MaxItems || items[0].Labels["l0"] != "DISK-database-1" {
		t.Fatalf("%d items, %v", len(items), err)
	}
}

// TestItemsShareWhatABodyMayCost: each expression is cheap enough, all of them are not.
func TestItemsShareWhatABodyMayCost(t *testing.T) {
	spec := full()
	spec.Title = "string(body.text.upperAscii().size())"
	m, err := mapping.Compile(spec)
	if err != nil {
		t.Fatal(err)
	}
	sent := append([]byte(`{"text":"`+strings.Repeat("a", 20_000)+`",`), checks()[1:]...)
	_, err = m.Read(sent)
	if !errors.Is(err, mapping.ErrBody) || !strings.Contains(err.Error(), ": title: ") || !strings.Contains(err.Error(), "cost too much for one body") {
		t.Fatalf("got %v", err)
	}
	for range 2 { // steps are counted, not time
		if _, again := m.Read(sent); again == nil || again.Error() != err.Error() {
			t.Fatalf("then %v, before %v", again, err)
		}
	}
}

// allocated is how many bytes this process ever took.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestWhatWouldBeHugeIsNotMade: each of these would take more memory or time than there
// is, in one call.
func TestWhatWouldBeHugeIsNotMade(t *testing.T) {
	text := strings.Repeat("a", 500_000)
	list := "[" + strings.TrimSuffix(strings.Repeat("1,", 100_000), ",") + "]"
	sent := []byte(`{"id":"a","up":true,"text":"` + text + `","list":` + list + `}`)
	for name, title := range map[string]string{
		"replace":     "body.text.replace('a', body.text)",
		"replace two": "body.text.replace('a', body.text, 400000)",
		"join":        "lists.range(10000).map(i, '').join(body.text)",
		"join same":   "lists.range(10000).map(i, body.text).join()",
		"format":      "'%s'.format([lists.range(10000).map(i, body.text)])",
		"format map":  "'%s'.format([{'a': lists.range(10000).map(i, {'b': body.text})}])",
		"flatten":     "string(lists.range(10000).map(i, body.list).flatten().size())",
		"text twice":  "[body.text]" + strings.Repeat(".map(a, a + a)", 30) + "[0]",
		"list twice":  "string([body.list]" + strings.Repeat(".map(a, a + a)", 30) + "[0].size())",
		"distinct":    "string(body.list.distinct().size())",
		"indexOf":     "string(body.text.indexOf(body.text.substring(250000)))",
		"lastIndexOf": "string(body.text.lastIndexOf(body.text.substring(250000)))",
		"sets":        "string(sets.contains(body.list, body.list))",
		"sets, equal": "string(sets.equivalent(body.list, body.list))",
		"sets, both":  "string(sets.intersects(body.list, body.list))",
	} {
		m, err := mapping.Compile(least(func(s *catalogv1.MappingSpec) { s.Title = title }))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		before := allocated()
		_, err = m.Read(sent)
		if !errors.Is(err, mapping.ErrBody) || !strings.Contains(err.Error(), "too much") && !strings.Contains(err.Error(), "cost limit") {
			t.Errorf("%s: %.200v", name, err)
		}
		if made := allocated() - before; made > 200<<20 {
			t.Errorf("%s: %d MiB were taken", name, made>>20)
		}
	}
}

// TestLongTextsCost, also where CEL learns the types only from a body.
func TestLongTextsCost(t *testing.T) {
	sent := []byte(`{"id":"a","up":true,"text":"` + strings.Repeat("a", 500_000) + `"}`)
	for name, title := range map[string]string{
		"size":    "string(lists.range(100).map(i, body.text.size()).size())",
		"reverse": "string(lists.range(100).map(i, body.text.reverse()).size())",
	} {
		m, err := mapping.Compile(least(func(s *catalogv1.MappingSpec) { s.Title = title }))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := m.Read(sent); !errors.Is(err, mapping.ErrBody) || !strings.Contains(err.Error(), "cost") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

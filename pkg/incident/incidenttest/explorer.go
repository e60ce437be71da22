package incidenttest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Explorer makes up commands of every kind by their fields alone, so that a new
// command is driven without being told of. It learns from what happened: ids,
// names and numbers of earlier events come up again in later commands, which is
// how commands meet what they are about.
type Explorer struct {
	// Pick returns a number from 0 to n-1: chance, or a script.
	Pick func(n int) int
	// Now is the present of the commands; times lie around it.
	Now time.Time
	// Revision is that of the incident; numbers of entries lie below and just above.
	Revision uint64
	// Words are texts worth trying besides the usual ones, for example the
	// constants of the domain.
	Words []string

	seen map[string][]reflect.Value // by type, and by name of the field
}

// People are whom the explorer's commands name.
func People() []incident.PersonID { return []incident.PersonID{"p-ann", "p-bob", "p-cy"} }

// Command makes up any command.
func (x *Explorer) Command() incident.Command {
	all := incident.Commands()
	return x.Like(all[x.Pick(len(all))])
}

// Like makes up a command of the same kind as another.
func (x *Explorer) Like(kind incident.Command) incident.Command {
	v := reflect.New(reflect.TypeOf(kind)).Elem()
	x.fill(v, "")
	cmd, ok := reflect.TypeAssert[incident.Command](v)
	if !ok {
		panic("not a command any more")
	}
	return cmd
}

// Sensible makes up a command about a history, of any kind once it is declared. It
// tries a number of times until an admin could give it, and else returns the last.
func (x *Explorer) Sensible(h *History, tries int) incident.Command {
	x.Now, x.Revision = h.Now, h.State.Revision
	kind := x.Command()
	if !h.State.Declared() {
		kind = incident.Declare{}
	}
	for range tries {
		cmd := x.Like(kind)
		events, err := incident.Decide(h.State, cmd, incident.Context{Actor: "p-root", Authority: incident.Admin, Now: h.Now})
		if err == nil && len(events) > 0 {
			return cmd
		}
	}
	// Hardly any made-up declaration is valid, and nothing can happen before one is.
	if _, declares := kind.(incident.Declare); declares && !h.State.Declared() && x.Pick(2) == 0 {
		return incident.Declare{
			Number: 1, Title: "one line", Severity: incident.Severity(x.Pick(4)), Private: x.Pick(4) == 0, Drill: x.Pick(4) == 0,
		}
	}
	return x.Like(kind)
}

// Learn remembers what an event says. It forgets nothing, but what it has of one
// name stays small.
func (x *Explorer) Learn(e incident.Event) {
	if x.seen == nil {
		x.seen = map[string][]reflect.Value{}
	}
	x.learn(reflect.ValueOf(e), "")
}

func (x *Explorer) learn(v reflect.Value, name string) {
	const kept = 8
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				x.learn(v.Field(i), v.Type().Field(i).Name)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			x.learn(v.Index(i), name)
		}
	case reflect.String, reflect.Uint64:
		if v.IsZero() {
			return
		}
		for _, key := range keysOf(v.Type(), name) {
			if len(x.seen[key]) == kept {
				x.seen[key] = x.seen[key][1:]
			}
			x.seen[key] = append(x.seen[key], v)
		}
	default:
	}
}

// keysOf are under which a value is remembered: its type, when that has a meaning
// of its own, and its name.
func keysOf(t reflect.Type, name string) []string {
	keys := []string{"name " + t.Kind().String() + " " + strings.TrimSuffix(name, "s")}
	if t.PkgPath() != "" {
		keys = append(keys, "type "+t.String())
	}
	return keys
}

// fill gives a value something that may or may not make sense.
func (x *Explorer) fill(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(x.time()))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				x.fill(v.Field(i), v.Type().Field(i).Name)
			}
		}
	case reflect.Pointer:
		if x.Pick(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			x.fill(v.Elem(), name)
		}
	case reflect.Slice:
		n := x.Pick(3)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			x.fill(v.Index(i), name)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range x.Pick(3) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			x.fill(key, name)
			x.fill(value, name)
			v.SetMapIndex(key, value)
		}
	default:
		x.fillScalar(v, name)
	}
}

func (x *Explorer) fillScalar(v reflect.Value, name string) {
	const enums = 10 // more than any enum of the domain has, so that wrong values come too
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(x.Pick(2) == 0)
	case reflect.Uint8:
		v.SetUint(uint64(x.Pick(enums)))
		for n := 0; n < enums && unheardOf(v) && x.Pick(4) > 0; n++ {
			v.SetUint(uint64(x.Pick(enums)))
		}
	case reflect.Uint, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if !x.remembered(v, name) {
			v.SetUint(uint64(x.Pick(int(x.Revision) + 3)))
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32:
		v.SetInt(int64(x.Pick(8)) - 1)
	case reflect.Int64: // lengths of time, most of them
		lengths := []time.Duration{0, time.Second, time.Minute, time.Hour, 30 * time.Hour, -time.Minute}
		v.SetInt(int64(lengths[x.Pick(len(lengths))]))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(x.Pick(5)))
	case reflect.String:
		if !x.remembered(v, name) {
			v.SetString(x.text(v.Type()))
		}
	default:
		panic("the explorer cannot make up a " + v.Type().String() + ": teach it")
	}
}

// unheardOf reports whether an enumeration has a value that this version does not
// know: worth trying, but not most of the time.
func unheardOf(v reflect.Value) bool {
	named, ok := reflect.TypeAssert[fmt.Stringer](v)
	return ok && strings.HasPrefix(named.String(), "unknown(")
}

// remembered takes a value that came up before, usually.
func (x *Explorer) remembered(v reflect.Value, name string) bool {
	for _, key := range slices.Backward(keysOf(v.Type(), name)) {
		if known := x.seen[key]; len(known) > 0 && x.Pick(3) > 0 {
			v.Set(known[x.Pick(len(known))].Convert(v.Type()))
			return true
		}
	}
	return false
}

func (x *Explorer) text(t reflect.Type) string {
	if t == reflect.TypeFor[incident.PersonID]() {
		people := People()
		return string(people[x.Pick(len(people))])
	}
	usual := []string{"a", "b-2", "one line", "title\nrest", "https://example.org/x", "inc-7", ""}
	if len(x.Words) > 0 && x.Pick(2) == 0 {
		return x.Words[x.Pick(len(x.Words))]
	}
	return usual[x.Pick(len(usual))]
}

func (x *Explorer) time() time.Time {
	around := []time.Duration{-time.Hour, -time.Minute, time.Minute, time.Hour, 50 * time.Hour}
	if n := x.Pick(len(around) + 1); n < len(around) {
		return x.Now.Add(around[n])
	}
	return time.Time{}
}

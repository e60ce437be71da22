package mapping

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// ErrBody: a body is not what the mapping expects. The text names the item, counted from
// 1, and the field.
var ErrBody = errors.New("the body is not what the mapping expects")

// Item is one alert that a body tells of.
type Item struct {
	// Fingerprint tells it from others; never empty.
	Fingerprint string
	// Firing is true while its condition holds.
	Firing bool
	// Title says in one line what is wrong; never empty.
	Title string
	// Description, URL and RunbookURL may be empty.
	Description, URL, RunbookURL string
	// StartsAt and EndsAt are zero where nothing is said.
	StartsAt, EndsAt time.Time
	// Labels by name; those whose text is empty are left out.
	Labels map[string]string
}

// Read returns the alerts that a body tells of. It returns [ErrBody] when an expression
// cannot be computed, a value is not what its field wants, or all of it costs too much.
func (m *Mapping) Read(body []byte) ([]Item, error) {
	value, err := decode(body)
	if err != nil {
		return nil, fmt.Errorf("%w: it is no JSON: %w", ErrBody, err)
	}
	r := reading{Mapping: m, body: value, budget: budget{left: bodyLimit}}
	list := []any{value}
	if m.items != nil {
		if list, err = r.list(); err != nil {
			return nil, fmt.Errorf("%w: items: %w", ErrBody, err)
		}
	}
	items := make([]Item, 0, len(list))
	for i, one := range list {
		item, told, err := r.item(one)
		if err != nil {
			return nil, fmt.Errorf("%w: item %d: %w", ErrBody, i+1, err)
		}
		if told {
			items = append(items, item)
		}
	}
	return items, nil
}

// reading is one body that is read.
type reading struct {
	*Mapping
	body   any
	budget budget
}

// decode reads JSON; whole numbers stay whole.
func decode(body []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows it")
	}
	return numbers(value), nil
}

// numbers makes CEL's numbers of JSON's.
func numbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil {
			return math.Inf(1)
		}
		return f
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = numbers(v[k])
		}
	}
	return value
}

func (r *reading) list() ([]any, error) {
	value, err := r.compute(r.items, r.body)
	if err != nil {
		return nil, err
	}
	lister, ok := value.(traits.Lister)
	if !ok {
		return nil, fmt.Errorf("it is a %s, want a list", value.Type().TypeName())
	}
	n := int(lister.Size().(types.Int))
	if n > MaxItems {
		return nil, fmt.Errorf("there are %d, at most %d are read", n, MaxItems)
	}
	list := make([]any, n)
	for i := range n {
		list[i] = lister.Get(types.Int(i))
	}
	return list, nil
}

// compute runs one expression for one item.
func (r *reading) compute(p cel.Program, item any) (ref.Val, error) {
	value, details, err := p.Eval(map[string]any{"body": r.body, "item": item})
	if err != nil {
		return nil, errors.New(strings.ReplaceAll(err.Error(), "\n", " "))
	}
	if err := r.budget.spend(details); err != nil {
		return nil, err
	}
	if optional, ok := value.(*types.Optional); ok {
		if !optional.HasValue() {
			return types.NullValue, nil
		}
		value = optional.GetValue()
	}
	return value, nil
}

// item reads one item; told is false when it is no alert.
func (r *reading) item(one any) (item Item, told bool, err error) {
	texts := map[string]string{}
	for _, name := range []string{"state", "fingerprint", "title", "description", "url", "runbook_url"} {
		if texts[name], err = r.text(r.fields[name], one); err != nil {
			return Item{}, false, fmt.Errorf("%s: %w", name, err)
		}
		if name == "state" {
			if item.Firing, told, err = state(texts[name]); !told || err != nil {
				return Item{}, false, err
			}
		}
	}
	if item.StartsAt, err = r.moment(r.fields["starts_at"], one); err != nil {
		return Item{}, false, fmt.Errorf("starts_at: %w", err)
	}
	if item.EndsAt, err = r.moment(r.fields["ends_at"], one); err != nil {
		return Item{}, false, fmt.Errorf("ends_at: %w", err)
	}
	item.Labels = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(r.labels)) {
		value, err := r.text(r.labels[name], one)
		if err != nil {
			return Item{}, false, fmt.Errorf("labels.%s: %w", name, err)
		}
		if value != "" {
			item.Labels[name] = value
		}
	}
	item.Fingerprint, item.Title, item.Description = texts["fingerprint"], texts["title"], texts["description"]
	item.URL, item.RunbookURL = texts["url"], texts["runbook_url"]
	for _, name := range []string{"fingerprint", "title"} {
		if strings.TrimSpace(texts[name]) == "" {
			return Item{}, false, fmt.Errorf("%s: it is empty", name)
		}
	}
	return item, true, nil
}

// state reads what senders call the two states of an alert.
func state(text string) (firing, told bool, err error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "":
		return false, false, nil
	case "true", "firing", "fired", "triggered", "trigger", "alerting", "alert", "open", "opened", "active", "problem", "down", "critical", "error", "warning":
		return true, true, nil
	case "false", "resolved", "resolve", "recovered", "recovery", "ok", "closed", "close", "inactive", "up", "cleared", "success", "normal":
		return false, true, nil
	}
	return false, false, fmt.Errorf("state: it is %.40q, want firing or resolved, or an empty text for what is no alert", text)
}

// text is the value of an expression as people read it; empty for none and for null.
func (r *reading) text(p cel.Program, item any) (string, error) {
	if p == nil {
		return "", nil
	}
	value, err := r.compute(p, item)
	if err != nil {
		return "", err
	}
	switch v := value.(type) {
	case types.String:
		return string(v), nil
	case types.Int:
		return strconv.FormatInt(int64(v), 10), nil
	case types.Uint:
		return strconv.FormatUint(uint64(v), 10), nil
	case types.Double:
		return strconv.FormatFloat(float64(v), 'g', -1, 64), nil
	case types.Bool:
		return strconv.FormatBool(bool(v)), nil
	case types.Null:
		return "", nil
	}
	return "", fmt.Errorf("it is a %s, want a text", value.Type().TypeName())
}

// milliseconds is from where on a number means milliseconds: as seconds it would be
// after the year 5000.
const milliseconds = 100_000_000_000

// moment is the value of an expression as a time; zero for none, for null and for an
// empty text.
func (r *reading) moment(p cel.Program, item any) (time.Time, error) {
	if p == nil {
		return time.Time{}, nil
	}
	value, err := r.compute(p, item)
	if err != nil {
		return time.Time{}, err
	}
	switch v := value.(type) {
	case types.Timestamp:
		return v.UTC(), nil
	case types.Null:
		return time.Time{}, nil
	case types.Int:
		return since1970(float64(v))
	case types.Double:
		return since1970(float64(v))
	case types.String:
		if strings.TrimSpace(string(v)) == "" {
			return time.Time{}, nil
		}
		t, err := time.Parse(time.RFC3339Nano, string(v))
		if err != nil {
			return time.Time{}, fmt.Errorf("%.40q is no time as RFC 3339 writes it", string(v))
		}
		return t.UTC(), nil
	}
	return time.Time{}, fmt.Errorf("it is a %s, want a time", value.Type().TypeName())
}

func since1970(n float64) (time.Time, error) {
	if math.Abs(n) < milliseconds {
		n *= 1000
	}
	if math.IsNaN(n) || math.Abs(n) > 1e14 {
		return time.Time{}, errors.New("the number is no time")
	}
	return time.UnixMicro(int64(n * 1000)).UTC(), nil
}

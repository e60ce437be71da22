package source

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Divisible is a source whose bodies may be divided where one is too large to be stored as
// a whole.
type Divisible interface {
	Source

	// Divide returns bodies of at most so many bytes that say together what body says;
	// nil when there are none.
	Divide(body []byte, most int) [][]byte
}

var _, _ Divisible = Alertmanager{}, Grafana{}

// Divide implements [Divisible].
func (Alertmanager) Divide(body []byte, most int) [][]byte { return divideGroup(body, most) }

// Divide implements [Divisible].
func (Grafana) Divide(body []byte, most int) [][]byte { return divideGroup(body, most) }

// divideGroup divides a group by its alerts.
func divideGroup(body []byte, most int) [][]byte {
	fields := map[string]json.RawMessage{}
	var alerts []json.RawMessage
	if json.Unmarshal(body, &fields) != nil || json.Unmarshal(fields["alerts"], &alerts) != nil {
		return nil
	}
	delete(fields, "alerts")
	var rest bytes.Buffer
	encoder := json.NewEncoder(&rest)
	encoder.SetEscapeHTML(false) // which would make it longer
	if encoder.Encode(fields) != nil {
		return nil
	}
	tail := bytes.TrimPrefix(bytes.TrimSpace(rest.Bytes()), []byte("{"))
	if len(fields) > 0 {
		tail = append([]byte(","), tail...)
	}
	part := func(alerts []json.RawMessage) []byte {
		return slices.Concat([]byte(`{"alerts":[`), bytes.Join(rawOf(alerts), []byte(",")), []byte("]"), tail)
	}
	room := most - len(part(nil))
	var parts [][]byte
	for len(alerts) > 0 {
		n, size := 0, 0
		for n < len(alerts) && size+len(alerts[n])+1 <= room {
			size += len(alerts[n]) + 1
			n++
		}
		if n == 0 {
			return nil
		}
		parts, alerts = append(parts, part(alerts[:n])), alerts[n:]
	}
	return parts
}

func rawOf(messages []json.RawMessage) [][]byte {
	out := make([][]byte, len(messages))
	for i, m := range messages {
		out[i] = m
	}
	return out
}

package bench

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
)

// transition is a change of a component's state on a status page.
type transition struct {
	Observed  string    `json:"observed_at"`
	Updated   time.Time `json:"component_updated_at"`
	ID        string    `json:"component_id"`
	Component string    `json:"component"`
	Group     string    `json:"group_id"`
	New       string    `json:"new"`
}

// working is the state in which nothing fires.
const working = "operational"

// readTransitions reads the first n changes of a file, plain or gzip.
func readTransitions(path string, n int) ([]transition, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	var plain io.Reader = bytes.NewReader(content)
	if bytes.HasPrefix(content, []byte{0x1f, 0x8b}) {
		if plain, err = gzip.NewReader(plain); err != nil {
			return nil, fmt.Errorf("read changes: %w", err)
		}
	}
	lines := bufio.NewScanner(plain)
	lines.Buffer(nil, 1<<20)
	var out []transition
	for len(out) < n && lines.Scan() {
		var t transition
		if err := json.Unmarshal(lines.Bytes(), &t); err != nil {
			return nil, fmt.Errorf("read changes: line %d: %w", len(out)+1, err)
		}
		out = append(out, t)
	}
	if len(out) < n {
		return nil, fmt.Errorf("read changes: %s has %d, not %d", path, len(out), n)
	}
	return out, lines.Err()
}

// makeTransitions makes n changes: groups of components that fail and recover.
func makeTransitions(n int) []transition {
	const size = 7
	began := time.Date(2026, 1, 2, 10, 0, 0, 0, time.UTC)
	out := make([]transition, n)
	for i := range out {
		block := i / size
		t := transition{
			Observed: strconv.Itoa(block), Updated: began.Add(time.Duration(block) * time.Minute), New: "partial_outage",
			ID: strconv.Itoa(block/2%50*size + i%size), Group: strconv.Itoa(block / 2 % 50),
		}
		if t.Component = "component " + t.ID; block%2 == 1 {
			t.New = working
		}
		out[i] = t
	}
	return out
}

// told is one request of a storm and what it says.
type told struct {
	body   []byte
	alerts []expected
}

// expected is what has to be in the timeline after a request.
type expected struct {
	id    string
	ended bool
}

// tell makes of changes what an Alertmanager would send: one request for each
// group of components at each time. An episode begins when a component stops
// working and ends when it works again.
func tell(changes []transition) []told {
	var out []told
	began := map[string]time.Time{}
	for first := 0; first < len(changes); {
		last := first
		for last < len(changes) && changes[last].Observed == changes[first].Observed && changes[last].Group == changes[first].Group {
			last++
		}
		out = append(out, tellOne(changes[first:last], began))
		first = last
	}
	return out
}

func tellOne(changes []transition, began map[string]time.Time) told {
	type payload struct {
		Status      string            `json:"status"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
		StartsAt    time.Time         `json:"startsAt"`
		EndsAt      time.Time         `json:"endsAt"`
		Fingerprint string            `json:"fingerprint"`
	}
	var t told
	var alerts []payload
	for _, c := range changes {
		at, open := began[c.ID]
		if !open {
			at = c.Updated.UTC().Truncate(time.Microsecond)
		}
		p := payload{
			Status: "firing", StartsAt: at, Fingerprint: c.ID, Labels: map[string]string{"alertname": "ComponentDown", "component": c.Component},
			Annotations: map[string]string{"summary": c.Component + " is not operational"},
		}
		if c.New == working {
			p.Status, p.EndsAt = "resolved", c.Updated.UTC()
			delete(began, c.ID)
		} else {
			began[c.ID] = at
		}
		alerts = append(alerts, p)
		t.alerts = append(t.alerts, expected{alert.ID("alertmanager", c.ID, at), c.New == working})
	}
	t.body, _ = json.Marshal(map[string]any{"version": "4", "groupKey": "{}:{group=" + strconv.Quote(changes[0].Group) + "}", "alerts": alerts})
	return t
}

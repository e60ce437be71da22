package clock_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
)

// fataler is a test, or one run of a property.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

// policies compiles the built-in playbook with the resources of a file beside it.
func policies(t fataler, file string) *clock.Policies {
	t.Helper()
	var configured []*catalog.Resource
	if file != "" {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		if configured, err = catalog.Parse(file, data); err != nil {
			t.Fatal(err)
		}
	}
	p, err := playbook.New(configured)
	if err != nil {
		t.Fatal(err)
	}
	return p.Policies()
}

// TestVectors reads testdata/*.vectors: see the head of each for the columns.
func TestVectors(t *testing.T) {
	files, err := filepath.Glob("testdata/*.vectors")
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	count := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		built, own := policies(t, ""), policies(t, "own.yaml")
		for i, line := range strings.Split(string(data), "\n") {
			if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			count++
			t.Run(fmt.Sprintf("%s:%d", filepath.Base(file), i+1), func(t *testing.T) {
				v := parseVector(t, line)
				p := built
				if v.own {
					p = own
				}
				v.check(t, clock.Due(v.facts, p, v.now))
			})
		}
	}
	if count < 60 {
		t.Errorf("%d vectors, want at least 60", count)
	}
}

// vector is one line: title | facts | now | readings.
type vector struct {
	t     *testing.T
	title string
	own   bool
	facts clock.Facts
	now   time.Time
	wants []string
}

func parseVector(t *testing.T, line string) *vector {
	t.Helper()
	columns := strings.Split(line, "|")
	if len(columns) != 4 {
		t.Fatalf("%d columns, want 4: %s", len(columns), line)
	}
	v := &vector{t: t, title: strings.TrimSpace(columns[0])}
	for fact := range strings.SplitSeq(columns[1], ";") {
		v.fact(strings.Fields(fact))
	}
	v.now = v.at(strings.TrimSpace(columns[2]))
	for want := range strings.SplitSeq(columns[3], ";") {
		v.wants = append(v.wants, strings.TrimSpace(want))
	}
	return v
}

// at reads a time, or a length of time since the declaration.
func (v *vector) at(text string) time.Time {
	v.t.Helper()
	if after, ok := strings.CutPrefix(text, "+"); ok {
		d, err := time.ParseDuration(after)
		if err != nil {
			v.t.Fatal(err)
		}
		return v.facts.Declared.At.Add(d)
	}
	at, err := time.Parse("2006-01-02T15:04Z07:00", text)
	if err != nil {
		v.t.Fatal(err)
	}
	return at
}

// fact reads "what when …".
func (v *vector) fact(words []string) {
	v.t.Helper()
	if words[0] == "own" {
		v.own = true
		return
	}
	f := &v.facts
	m := clock.Moment{At: v.at(words[1])}
	rest := words[2:]
	switch words[0] {
	case "declared":
		f.Declared = m
		v.phase(m, rest[0], "investigating")
	case "severity":
		v.phase(m, rest[0], f.Phases[len(f.Phases)-1].Status.String())
	case "status":
		v.phase(m, f.Phases[len(f.Phases)-1].Severity.String(), rest[0])
	case "ack":
		f.Acknowledged = m
	case "update":
		f.InternalUpdate = m
	case "publish":
		if f.FirstExternal.Never() {
			f.FirstExternal = m
		}
		f.ExternalUpdate = m
		if len(rest) > 0 {
			f.Promise = clock.Promise{Made: m, Due: v.at(rest[0])}
		}
	case "role":
		role, err := incident.ParseRole(rest[0])
		if err != nil {
			v.t.Fatal(err)
		}
		f.Roles = append(f.Roles, clock.Held{Role: role, Since: m})
	case "resolved":
		f.Resolved = m
		v.phase(m, f.Phases[len(f.Phases)-1].Severity.String(), "resolved")
	case "closed":
		f.Closed = m
		v.phase(m, f.Phases[len(f.Phases)-1].Severity.String(), "closed")
	case "ended":
		f.Ended, f.EndedWhy = m, strings.Join(rest, " ")
	case "debriefed":
		f.Debriefed = m
	case "published-postmortem":
		f.PostmortemPublished = m
	case "task", "followup":
		v.item(words[0], m, rest)
	default:
		v.mark(words[0], m, rest)
	}
}

func (v *vector) phase(from clock.Moment, severity, status string) {
	v.t.Helper()
	s, err := incident.ParseSeverity(severity)
	if err != nil {
		v.t.Fatal(err)
	}
	st, err := incident.ParseStatus(status)
	if err != nil {
		v.t.Fatal(err)
	}
	v.facts.Phases = append(v.facts.Phases, clock.Phase{From: from, Severity: s, Status: st})
}

// item reads "id due [done|dropped when]".
func (v *vector) item(what string, created clock.Moment, rest []string) {
	v.t.Helper()
	item := clock.Item{ID: rest[0], Created: created, Due: v.at(rest[1])}
	if len(rest) == 4 {
		m := clock.Moment{At: v.at(rest[3])}
		if rest[2] == "done" {
			item.Done = m
		} else {
			item.Dropped = m
		}
	}
	if what == "task" {
		v.facts.Tasks = append(v.facts.Tasks, item)
	} else {
		v.facts.FollowUps = append(v.facts.FollowUps, item)
	}
}

// mark reads "aware when law" or "submitted when law duty".
func (v *vector) mark(what string, m clock.Moment, rest []string) {
	v.t.Helper()
	kinds := map[string]clock.MarkKind{
		"aware": clock.Aware, "classified": clock.Classified, "material": clock.Material, "submitted": clock.Submitted,
		"fix": clock.FixAvailable, "handled": clock.Handled, "withdrawn": clock.Withdrawn, "not-applying": clock.NotApplying,
	}
	kind, ok := kinds[what]
	if !ok {
		v.t.Fatalf("unknown fact %q", what)
	}
	mark := clock.Mark{Kind: kind, Law: rest[0], Moment: m}
	if len(rest) > 1 {
		mark.Duty = rest[1]
	}
	v.facts.Marks = append(v.facts.Marks, mark)
}

// check compares readings with "clock[:subject] state [due] ["words"]" or "no clock".
func (v *vector) check(t *testing.T, readings []clock.Reading) {
	t.Helper()
	for _, want := range v.wants {
		want, reason, _ := strings.Cut(want, `"`)
		words := strings.Fields(want)
		if words[0] == "no" {
			if r, found := v.reading(readings, words[1]); found {
				t.Errorf("%s: %s is %s", v.title, words[1], r.State)
			}
			continue
		}
		r, found := v.reading(readings, words[0])
		if !found {
			t.Errorf("%s: no %s among %v", v.title, words[0], readings)
			continue
		}
		state := r.State.String()
		if r.Late {
			state = "late"
		}
		if state != words[1] || len(words) > 2 && !r.Due.Equal(v.at(words[2])) || !strings.Contains(r.Reason, strings.TrimSuffix(reason, `"`)) {
			t.Errorf("%s: %s is %s, due %s (%s); want %s", v.title, words[0], state, r.Due.Format(time.RFC3339), r.Reason, strings.Join(words[1:], " ")+" "+reason)
		}
	}
}

func (v *vector) reading(readings []clock.Reading, name string) (clock.Reading, bool) {
	kind, subject, _ := strings.Cut(name, ":")
	i := slices.IndexFunc(readings, func(r clock.Reading) bool { return r.Clock.String() == kind && r.Subject == subject })
	if i < 0 {
		return clock.Reading{}, false
	}
	return readings[i], true
}

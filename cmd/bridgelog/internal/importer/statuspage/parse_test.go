package statuspage_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer/statuspage"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// occurred is when a step happened, in microseconds since 1970.
func occurred(s *incidentv1.ImportStep) int64 {
	inner := s.ProtoReflect()
	field := inner.WhichOneof(inner.Descriptor().Oneofs().ByName("act"))
	act := inner.Get(field).Message()
	at := act.Get(act.Descriptor().Fields().ByName("occurred_at")).Message()
	return at.Get(at.Descriptor().Fields().ByName("seconds")).Int()*1e6 + at.Get(at.Descriptor().Fields().ByName("nanos")).Int()/1e3
}

func parse(t *testing.T, text string) importer.Batch {
	t.Helper()
	batch, err := statuspage.Parse(strings.NewReader(text), statuspage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

// summarize writes the steps of a history one a line.
func summarize(h *incidentv1.ImportedIncident) string {
	var b strings.Builder
	for _, s := range h.GetSteps() {
		switch {
		case s.GetPublishUpdate() != nil:
			p := s.GetPublishUpdate()
			fmt.Fprintf(&b, "publish %s %v %q %q %q\n", p.GetUpdateId(), p.GetStatus(), p.GetSourceStatus(), p.GetTitle(), p.GetMessage())
		case s.GetSetImpact() != nil:
			for _, c := range s.GetSetImpact().GetComponents() {
				fmt.Fprintf(&b, "impact %s %v\n", c.GetComponent(), c.GetStatus())
			}
		case s.GetChangeStatus() != nil:
			fmt.Fprintf(&b, "status %v\n", s.GetChangeStatus().GetStatus())
		case s.GetChangeSeverity() != nil:
			fmt.Fprintf(&b, "severity %v\n", s.GetChangeSeverity().GetSeverity())
		case s.GetResolveIncident() != nil:
			fmt.Fprintf(&b, "resolve %s\n", s.GetResolveIncident().GetOccurredAt().AsTime().Format("15:04"))
		case s.GetReopenIncident() != nil:
			b.WriteString("reopen\n")
		default:
			fmt.Fprintf(&b, "%v\n", s)
		}
	}
	return b.String()
}

func update(id, status, at, body, component string) string {
	affected := "null"
	if component != "" {
		affected = fmt.Sprintf(`[{"code": "c1", "name": "API", "old_status": "operational", "new_status": %q}]`, component)
	}
	return fmt.Sprintf(`{"id": %q, "status": %q, "body": %q, "created_at": %q, "updated_at": %q, "display_at": %q, "affected_components": %s}`,
		id, status, body, at, at, at, affected)
}

func incidentJSON(name, status, impact, updated string, updates ...string) string {
	return fmt.Sprintf(`{"id": "abc", "name": %q, "status": %q, "impact": %q, "created_at": "2026-03-01T10:00:00.000Z",`+
		`"updated_at": %q, "started_at": "2026-03-01T10:00:00.000Z", "resolved_at": null, "page_id": "pg", "shortlink": "https://x.example/abc",`+
		`"incident_updates": [%s], "components": []}`, name, status, impact, updated, strings.Join(updates, ","))
}

func TestVersionsFold(t *testing.T) {
	u1 := update("u1", "investigating", "2026-03-01T10:00:00.000Z", "We look.", "partial_outage")
	u1b := strings.Replace(strings.Replace(u1, "We look.", "We look into it.", 1), `"updated_at": "2026-03-01T10:00`, `"updated_at": "2026-03-01T10:07`, 1)
	u2 := update("u2", "monitoring", "2026-03-01T10:30:00.000Z", "Fixed?", "operational")
	u3 := update("u3", "resolved", "2026-03-01T11:00:00.000Z", "Over.", "")
	u4 := update("u4", "investigating", "2026-03-01T11:10:00.000Z", "Again.", "major_outage")
	batch := parse(t, strings.Join([]string{
		`{"observed_at": "2026-03-01T10:05:00Z", "incident": ` + incidentJSON("Slow", "investigating", "minor", "2026-03-01T10:00:00.000Z", u1) + `}`,
		`{"observed_at": "2026-03-01T10:35:00Z", "incident": ` + incidentJSON("API fails", "monitoring", "critical", "2026-03-01T10:30:00.000Z", u2, u1b) + `}`,
		`{"observed_at": "2026-03-01T11:15:00Z", "incident": ` + incidentJSON("API fails", "investigating", "critical", "2026-03-01T11:10:00.000Z", u4, u3, u1b) + `}`,
	}, "\n"))
	if len(batch.Histories) != 1 || len(batch.Problems) != 0 {
		t.Fatalf("%d histories, %v", len(batch.Histories), batch.Problems)
	}
	h := batch.Histories[0]
	if d := h.GetDeclare(); d.GetTitle() != "Slow" || d.GetSeverity() != incidentv1.Severity_SEVERITY_SEV3 ||
		d.GetExternal().GetSystem() != "statuspage:pg" || d.GetExternal().GetId() != "abc" || d.GetExternal().GetUrl() != "https://x.example/abc" {
		t.Errorf("declaration %v", d)
	}
	want := `impact c1 COMPONENT_STATUS_PARTIAL_OUTAGE
publish u1 STATUS_INVESTIGATING "" "" "We look into it."
severity SEVERITY_SEV1
status STATUS_MONITORING
impact c1 COMPONENT_STATUS_OPERATIONAL
publish u2 STATUS_MONITORING "" "API fails" "Fixed?"
resolve 11:00
publish u3 STATUS_RESOLVED "" "" "Over."
reopen
impact c1 COMPONENT_STATUS_MAJOR_OUTAGE
publish u4 STATUS_INVESTIGATING "" "" "Again."
`
	if got := summarize(h); got != want {
		t.Errorf("steps:\n%s\nwant:\n%s", got, want)
	}
	if len(batch.Components) != 1 || batch.Components[0].Name != "API" {
		t.Errorf("components %v", batch.Components)
	}
}

func TestSummaryDocument(t *testing.T) {
	maintenance := strings.Replace(incidentJSON("Move", "scheduled", "maintenance", "2026-03-01T10:00:00.000Z",
		update("m2", "in_progress", "2026-03-02T10:00:00.000Z", "Now.", "under_maintenance"),
		update("m1", "scheduled", "2026-03-01T10:00:00.000Z", "Soon.", "")),
		`"id": "abc"`, `"id": "mnt", "scheduled_for": "2026-03-02T10:00:00.000Z", "scheduled_until": "2026-03-02T12:00:00.000Z"`, 1)
	batch := parse(t, "{\n"+`"page": {"id": "pg"}, "components": [{"id": "c1", "name": "API", "group_id": "g", "position": 2}],`+"\n"+
		`"incidents": [`+incidentJSON("Slow", "postmortem", "none", "2026-03-01T12:00:00.000Z",
		update("p", "postmortem", "2026-03-01T12:00:00.000Z", "What happened.", ""),
		update("r", "resolved", "2026-03-01T11:00:00.000Z", "Over.", ""))+`], "scheduled_maintenances": [`+maintenance+"]}")
	if len(batch.Histories) != 2 {
		t.Fatalf("%d histories, %v", len(batch.Histories), batch.Problems)
	}
	want := "resolve 11:00\npublish r STATUS_RESOLVED \"\" \"\" \"Over.\"\npublish p STATUS_RESOLVED \"postmortem\" \"\" \"What happened.\"\n"
	if got := summarize(batch.Histories[0]); got != want {
		t.Errorf("incident:\n%s", got)
	}
	d := batch.Histories[1].GetDeclare()
	if d.GetKind() != incidentv1.IncidentKind_INCIDENT_KIND_MAINTENANCE || d.GetScheduled().GetEndTime().AsTime().Hour() != 12 {
		t.Errorf("maintenance %v", d)
	}
	if got := summarize(batch.Histories[1]); !strings.Contains(got, `publish m2 STATUS_IDENTIFIED "in_progress"`) {
		t.Errorf("maintenance:\n%s", got)
	}
	if c := batch.Components[0]; c.GroupID != "g" || c.Position != 2 {
		t.Errorf("component %+v", c)
	}
}

func TestResolveOpen(t *testing.T) {
	text := `{"last_observed_at": "2026-03-01T12:30:00Z", "incident": ` + incidentJSON("Slow", "monitoring", "minor", "2026-03-01T10:30:00.000Z",
		update("u1", "monitoring", "2026-03-01T10:30:00.000Z", "Watching.", "")) + `}`
	if got := summarize(parse(t, text).Histories[0]); strings.Contains(got, "resolve") {
		t.Errorf("resolved without being asked:\n%s", got)
	}
	batch, err := statuspage.Parse(strings.NewReader(text), statuspage.Options{ResolveOpen: true})
	if err != nil {
		t.Fatal(err)
	}
	got := summarize(batch.Histories[0])
	if !strings.Contains(got, "resolve 12:30\n") || !strings.HasSuffix(got, ` STATUS_RESOLVED "" "" "This incident is over."`+"\n") {
		t.Errorf("steps:\n%s", got)
	}
	again, err := statuspage.Parse(strings.NewReader(text), statuspage.Options{ResolveOpen: true})
	if err != nil || summarize(again.Histories[0]) != got {
		t.Errorf("read again:\n%s, %v", summarize(again.Histories[0]), err)
	}
}

func TestBrokenLines(t *testing.T) {
	good := `{"incident": ` + incidentJSON("Slow", "investigating", "minor", "2026-03-01T10:00:00.000Z",
		update("u1", "investigating", "2026-03-01T10:00:00.000Z", strings.Repeat("x", 32<<10), "")) + `}`
	tooLong := strings.Replace(strings.Replace(good, "xx", "xxx", 1), `"abc"`, `"abd"`, 1)
	batch := parse(t, good+"\n{\"incident\":\n"+`{"incident": {"id": ""}}`+"\n"+`{"other": 1}`+"\n"+tooLong+"\n")
	if len(batch.Histories) != 1 {
		t.Errorf("%d histories, want 1", len(batch.Histories))
	}
	var lines []int
	for _, p := range batch.Problems {
		lines = append(lines, p.Line)
	}
	if fmt.Sprint(lines) != "[2 3 4 5]" || !errors.Is(batch.Problems[1], importer.ErrNoID) || !errors.Is(batch.Problems[3], importer.ErrTooLong) {
		t.Errorf("problems %v", batch.Problems)
	}
	if _, err := statuspage.Parse(strings.NewReader("{\n\"page\": {\n"), statuspage.Options{}); err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("broken document: %v, want the line", err)
	}
}

func TestLongTitleIsKept(t *testing.T) {
	long := strings.Repeat("ä word ", 60)
	batch := parse(t, `{"incident": `+incidentJSON(long, "investigating", "minor", "2026-03-01T10:00:00.000Z")+`}`)
	d := batch.Histories[0].GetDeclare()
	if n := len([]rune(d.GetTitle())); n > 200 || !strings.HasPrefix(d.GetSummary(), strings.TrimSpace(long)) {
		t.Errorf("title of %d characters, summary %q", n, d.GetSummary())
	}
}

const feed = `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:s,2005:Incident/1</id>
<published>2026-01-01T00:30:00Z</published><link rel="alternate" href="https://status.example/incidents/xyz"/><title>Slow &amp; sad</title>
<content type="html">&lt;p&gt;&lt;small&gt;Jan &lt;var data-var='date'&gt; 1&lt;/var&gt;, &lt;var data-var='time'&gt;00:30&lt;/var&gt; UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Resolved&lt;/strong&gt; - Over &amp;amp; out.&lt;br /&gt;Thanks - all.&lt;/p&gt;
&lt;p&gt;&lt;small&gt;Dec &lt;var&gt;31&lt;/var&gt;, &lt;var&gt;23:40&lt;/var&gt; UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Update&lt;/strong&gt; - We &lt;b&gt;look&lt;/b&gt;.&lt;/p&gt;</content></entry></feed>`

func TestFeed(t *testing.T) {
	batch := parse(t, feed)
	if len(batch.Histories) != 1 {
		t.Fatalf("problems %v", batch.Problems)
	}
	h := batch.Histories[0]
	if d := h.GetDeclare(); d.GetTitle() != "Slow & sad" || d.GetExternal().GetSystem() != "statuspage:status.example" ||
		d.GetExternal().GetId() != "xyz" || d.GetOccurredAt().AsTime().Format("2006-01-02 15:04") != "2025-12-31 23:40" {
		t.Errorf("declaration %v", d)
	}
	got := summarize(h)
	for _, want := range []string{"STATUS_INVESTIGATING \"\" \"\" \"We look.\"", "resolve 00:30", "\"Over & out.\\nThanks - all.\""} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(feed))
	f.Add([]byte(`{"incident": ` + incidentJSON("Slow", "resolved", "minor", "2026-03-01T10:00:00.000Z",
		update("u1", "investigating", "2026-03-01T10:00:00.000Z", "x", "major_outage")) + `}`))
	f.Add([]byte(`{"incident": {"external_desc": "x", "begin": "2026-03-01T10:00:00Z", "uri": "/incident/a/1", "updates": [{"when": "2026-03-01T10:00:00Z", "text": "t"}]}}`))
	f.Add([]byte(`{"entry_id": "t", "url": "https://a.example/incidents/b", "updates": [{"at": "2026-03-01T10:00:00Z", "status": "Scheduled", "message": "m"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		batch, err := statuspage.Parse(bytes.NewReader(data), statuspage.Options{})
		if err != nil {
			return
		}
		for _, h := range batch.Histories {
			if _, err := proto.Marshal(h); err != nil {
				t.Errorf("not valid on the wire: %v", err)
			}
			if h.GetDeclare().GetExternal().GetId() == "" || h.GetDeclare().GetTitle() == "" {
				t.Errorf("declaration %v", h.GetDeclare())
			}
		}
	})
}

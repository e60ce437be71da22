package output_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (run with -update to accept):\n%s", path, got)
	}
}

type sample struct {
	Name  string   `json:"name"`
	Count int      `json:"count"`
	Odd   string   `json:"odd"`
	Tags  []string `json:"tags"`
	None  []string `json:"none"`
}

func document() output.Document {
	return output.Document{
		Value: sample{Name: "INC-1", Count: 2, Odd: "no: \"yes\"\n<b>", Tags: []string{"1", "true"}, None: []string{}},
		Blocks: []output.Block{
			output.Line{output.T(output.Strong, "INC-1"), output.T(output.Bad, "SEV-1"), output.P("Größe | \x1b[31mred\nline")},
			output.Fields{{Name: "commander", Value: output.P("Ada")}, {Name: "nobody"}, {Name: "age", Value: output.T(output.Dim, "2m")}},
			output.Heading("Entries"),
			output.Rows{
				Columns: []string{"entry", "who", "what"},
				Rows: [][]output.Cell{
					{output.P("1"), output.P("日本"), output.P("a rather long text that a narrow terminal has to cut somewhere")},
					{output.P("22"), output.P("Ada"), output.T(output.Good, "short")},
				},
			},
			output.Text("first *line*\r\n\tsecond\u202e\n"),
			output.Rows{Columns: []string{"a"}, Empty: "Nothing here."},
		},
	}
}

func TestFormats(t *testing.T) {
	for name, p := range map[string]output.Printer{
		"plain.txt":  {Format: output.Table},
		"narrow.txt": {Format: output.Table, Width: 40},
		"colour.txt": {Format: output.Table, Colour: true},
		"value.json": {Format: output.JSON},
		"value.yaml": {Format: output.YAML},
		"doc.md":     {Format: output.Markdown},
	} {
		var b bytes.Buffer
		p.Out = &b
		if err := p.Print(document()); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

func TestYAMLSaysWhatJSONSays(t *testing.T) {
	var asYAML bytes.Buffer
	if err := (output.Printer{Out: &asYAML, Format: output.YAML}).Print(document()); err != nil {
		t.Fatal(err)
	}
	var fromYAML map[string]any
	if err := yaml.Unmarshal(asYAML.Bytes(), &fromYAML); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(fromYAML)
	if err != nil {
		t.Fatal(err)
	}
	var back sample
	if err := json.Unmarshal(again, &back); err != nil {
		t.Fatal(err)
	}
	want, ok := document().Value.(sample)
	if !ok || back.Odd != want.Odd || back.Tags[1] != "true" || back.Count != 2 {
		t.Errorf("back from YAML: %+v", back)
	}
}

func TestTerminalIsSafeFromText(t *testing.T) {
	var b bytes.Buffer
	if err := (output.Printer{Out: &b}).Print(document()); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.String(), "\x1b\u202e\r") {
		t.Errorf("control characters came through: %q", b.String())
	}
}

func TestPrintLine(t *testing.T) {
	var b bytes.Buffer
	p := output.Printer{Out: &b, Format: output.JSON}
	for range 2 {
		if err := p.PrintLine(output.Document{Value: map[string]int{"a": 1}}); err != nil {
			t.Fatal(err)
		}
	}
	if b.String() != "{\"a\":1}\n{\"a\":1}\n" {
		t.Errorf("%q", b.String())
	}
}

func TestPrintLineSeparatesYAMLDocuments(t *testing.T) {
	var b bytes.Buffer
	p := output.Printer{Out: &b, Format: output.YAML}
	for n := range 2 {
		if err := p.PrintLine(output.Document{Value: map[string]int{"a": n}}); err != nil {
			t.Fatal(err)
		}
	}
	if b.String() != "---\na: 0\n---\na: 1\n" {
		t.Errorf("%q", b.String())
	}
}

// TestNarrowTables shrinks a column first and then leaves columns out, the least
// important one first.
func TestNarrowTables(t *testing.T) {
	rows := output.Rows{
		Columns: []string{"name", "title", "who", "when"}, Shrink: 2, Drop: []int{3, 4},
		Rows: [][]output.Cell{{output.P("INC-1"), output.P("Checkout returns 502"), output.P("Ada Lovelace"), output.P("2m ago")}},
	}
	for width, want := range map[int]string{
		0:  "NAME   TITLE                 WHO           WHEN\nINC-1  Checkout returns 502  Ada Lovelace  2m ago\n",
		49: "NAME   TITLE                 WHO           WHEN\nINC-1  Checkout returns 502  Ada Lovelace  2m ago\n",
		48: "NAME   TITLE                WHO           WHEN\nINC-1  Checkout returns 5…  Ada Lovelace  2m ago\n",
		41: "NAME   TITLE         WHO           WHEN\nINC-1  Checkout re…  Ada Lovelace  2m ago\n",
		40: "NAME   TITLE                 WHEN\nINC-1  Checkout returns 502  2m ago\n",
		25: "NAME   TITLE\nINC-1  Checkout returns …\n",
		10: "NAME   TITLE\nINC-1  Checkout re…\n",
	} {
		var b bytes.Buffer
		if err := (output.Printer{Out: &b, Width: width}).Print(output.Document{Blocks: []output.Block{rows}}); err != nil {
			t.Fatal(err)
		}
		if b.String() != want {
			t.Errorf("%d columns:\n%s\nwant\n%s", width, b.String(), want)
		}
	}
}

func TestParseFormat(t *testing.T) {
	for text, want := range map[string]output.Format{"": output.Table, "JSON": output.JSON, "yml": output.YAML, "markdown": output.Markdown} {
		if got, err := output.ParseFormat(text, output.Table, output.JSON, output.YAML, output.Markdown); err != nil || got != want {
			t.Errorf("%q = %q, %v", text, got, err)
		}
	}
	if _, err := output.ParseFormat("html", output.Table, output.JSON); err == nil || !strings.Contains(err.Error(), "table, json") {
		t.Errorf("html: %v", err)
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)
	c := output.Clock{Now: now, Zone: time.FixedZone("CET", 3600)}
	for at, want := range map[time.Time]string{
		now:                        "15:00:00 (just now)",
		now.Add(-90 * time.Second): "14:58:30 (1m ago)",
		now.Add(-26 * time.Hour):   "2026-02-28 13:00:00 (1d2h ago)",
		now.Add(30 * time.Minute):  "15:30:00 (in 30m)",
		now.AddDate(-4, 0, 0):      "2022-03-01 15:00:00",
		{}:                         "",
	} {
		if got := c.Time(at); got != want {
			t.Errorf("%v: %q, want %q", at, got, want)
		}
	}
	for length, want := range map[time.Duration]string{
		45 * time.Second: "45s", 185 * time.Minute: "3h05m", 24 * time.Hour: "1d", 400 * 24 * time.Hour: "400d",
	} {
		if got := output.Length(length); got != want {
			t.Errorf("%v: %q, want %q", length, got, want)
		}
	}
}

func TestProgress(t *testing.T) {
	now := time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)
	var b bytes.Buffer
	p := output.NewProgress(&b, false, func() time.Time { return now }, "import", "events", 1000)
	now = now.Add(time.Second)
	p.Add(100)
	if b.Len() != 0 {
		t.Errorf("a second in: %q, want nothing yet", b.String())
	}
	now = now.Add(4 * time.Second)
	p.Add(150)
	if want := "import: 250 of 1000 events (25%), 50/s, 15s left\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	b.Reset()
	p.Set(1000, 1000)
	p.Close()
	if want := "import: 1000 of 1000 events (100%), 200/s\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	b.Reset()
	p.Close()
	if b.Len() != 0 {
		t.Errorf("closed again: %q, want nothing more", b.String())
	}
	p = output.NewProgress(&b, true, func() time.Time { return now }, "verify", "events", 0)
	now = now.Add(time.Second)
	p.Add(10)
	p.Close()
	if want := "\r\x1b[Kverify: 10 events, 10/s\r\x1b[Kverify: 10 events, 10/s\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

func TestWhenShowsTheDayOfLongAgo(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)
	c := output.Clock{Now: now, Zone: time.UTC}
	for want, at := range map[string]time.Time{
		"": {}, "90d ago": now.AddDate(0, 0, -90), "2022-11-30": time.Date(2022, 11, 30, 16, 2, 55, 0, time.UTC),
	} {
		if got := c.When(at); got != want {
			t.Errorf("%v: %q, want %q", at, got, want)
		}
	}
}

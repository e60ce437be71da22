package check_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/check"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

var update = flag.Bool("update", false, "write the golden charts anew")

func TestCharts(t *testing.T) {
	whole := incident.CheckResult{
		Kind: incident.MetricTraffic, Verdict: incident.CheckUnusual, Value: incident.Measured{Value: 300, Known: true},
		Yesterday: incident.Measured{Value: 100, Known: true}, LastWeek: incident.Measured{Value: 98, Known: true},
		Began: from.Add(time.Hour), From: from, Until: from.Add(window), Title: "requests", Unit: "requests/s",
		Reason: "300 requests/s now, above what is usual", Now: fromMinute(60, 100, 300), DayBefore: wavy(100), WeekBefore: wavy(98),
	}
	gaps := whole
	gaps.Now, gaps.DayBefore, gaps.WeekBefore = append(wavy(1)[:20:20], wavy(1)[50:]...), wavy(1)[:1], nil
	gaps.LastWeek, gaps.Began, gaps.Title = incident.Measured{}, time.Time{}, `<script>"&'`+strings.Repeat("x", 100)
	empty := incident.CheckResult{Verdict: incident.CheckUnknown, From: from, Until: from.Add(window), Reason: "prom could not be reached"}
	huge := whole
	huge.Now = each(func(i int) float64 { return math.MaxFloat64 * math.Sin(float64(i)) })
	huge.DayBefore = check.Series{{Value: math.NaN()}, {Value: math.Inf(1)}}
	for name, r := range map[string]incident.CheckResult{"whole": whole, "gaps": gaps, "empty": empty, "huge": huge} {
		got := check.Chart("checkout", r)
		wellFormed(t, got)
		path := filepath.Join("testdata", name+".svg")
		if *update {
			if err := os.WriteFile(path, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs from its golden file (%v); look at it and run with -update", name, err)
		}
	}
}

// wellFormed refuses what is no small, harmless SVG.
func wellFormed(t interface{ Fatalf(string, ...any) }, svg []byte) {
	if len(svg) > check.MaxChart {
		t.Fatalf("%d bytes", len(svg))
	}
	if s := string(svg); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
		t.Fatalf("no number: %s", s)
	}
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%v: %s", err, svg)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !strings.Contains(" svg title desc style rect text path ", " "+e.Name.Local+" ") {
			t.Fatalf("element %s: %s", e.Name.Local, svg)
		}
		for _, a := range e.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
				t.Fatalf("attribute %s: %s", a.Name.Local, svg)
			}
		}
	}
}

func FuzzChart(f *testing.F) {
	f.Add("checkout", "errors", "s", "above", 1.5, int64(90*time.Minute), int64(time.Minute))
	f.Add("</title><script>", "\x00\xff\ufffe]]>", "&", "\"", math.Inf(1), int64(-1), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, service, title, unit, reason string, v float64, length, offset int64) {
		r := incident.CheckResult{
			From: from, Until: from.Add(time.Duration(length)), Title: title, Unit: unit, Reason: reason, Began: from.Add(time.Duration(offset)),
			Value: incident.Measured{Value: v, Known: true},
			Now:   []incident.CheckPoint{{Value: v}, {Offset: time.Duration(offset), Value: -v}, {Offset: 1, Value: v / 3}},
		}
		wellFormed(t, check.Chart(service, r))
	})
}

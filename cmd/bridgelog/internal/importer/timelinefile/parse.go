package timelinefile

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// System is the system in the external references of timelines.
const System = "timeline"

// ErrNothing: no line of the file could be read.
var ErrNothing = errors.New("the file holds no timeline: each line is {\"at\": …, \"kind\": …, \"actor\": …, \"text\": …}")

// line is one line of a timeline.
type line struct {
	At     string `json:"at"`
	Kind   string `json:"kind"`
	Actor  string `json:"actor"`
	Text   string `json:"text"`
	Source string `json:"source"`
	Approx bool   `json:"approx"`

	at time.Time
}

// Options say what the file does not.
type Options struct {
	// Name identifies the timeline; the file's name, see [NameOf].
	Name string
	// Title is the incident's title; empty makes one from the name.
	Title string
}

// Parse reads a timeline, plain or gzip. Lines that cannot be read are among the
// batch's problems; an error means that nothing could be.
func Parse(r io.Reader, o Options) (importer.Batch, error) {
	data, err := importer.ReadAll(r)
	if err != nil {
		return importer.Batch{}, err
	}
	var batch importer.Batch
	var lines []line
	for number, raw := range importer.Lines(data) {
		l, err := read(raw)
		if err != nil {
			batch.Problems = append(batch.Problems, importer.Problem{Line: number, Err: err})
			continue
		}
		lines = append(lines, l)
	}
	if len(lines) == 0 {
		if len(batch.Problems) > 0 {
			return importer.Batch{}, fmt.Errorf("%w (%w)", ErrNothing, batch.Problems[0])
		}
		return importer.Batch{}, ErrNothing
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	history, err := build(lines, o).Build()
	if err != nil {
		return importer.Batch{}, err
	}
	batch.Histories = []*incidentv1.ImportedIncident{history}
	return batch, nil
}

func read(raw []byte) (line, error) {
	var l line
	if err := json.Unmarshal(raw, &l); err != nil {
		return line{}, err
	}
	at, err := time.Parse(time.RFC3339, l.At)
	switch {
	case l.At == "":
		return line{}, fmt.Errorf("at: %w", importer.ErrNoTime)
	case err != nil:
		return line{}, fmt.Errorf("at: %q is not an RFC 3339 time", importer.Clip(l.At, 40))
	case strings.TrimSpace(l.Text) == "" && l.Kind == "":
		return line{}, errors.New("neither kind nor text says what happened")
	}
	if l.at = at; l.Approx {
		l.Text = strings.TrimSpace(l.Text + " (the time is approximate)")
	}
	return l, nil
}

// NameOf makes the name of a timeline from a path.
func NameOf(path string) string {
	name := path[strings.LastIndexByte(path, '/')+1:]
	for _, ending := range []string{".gz", ".jsonl", ".ndjson", ".json"} {
		name = strings.TrimSuffix(name, ending)
	}
	return cmp.Or(name, "timeline")
}

// days are dates in a name.
var days = regexp.MustCompile(`\b(\d{4}) (\d\d) (\d\d)\b`)

// titleOf makes words of a file's name; dates in it stay dates.
func titleOf(name string) string {
	words := strings.NewReplacer("-", " ", "_", " ").Replace(name)
	return days.ReplaceAllString(strings.TrimSpace(words), "$1-$2-$3")
}

// build makes the history of one incident.
func build(lines []line, o Options) *importer.History {
	first := max(0, slices.IndexFunc(lines, func(l line) bool { return l.Kind == "declared" }))
	declared := lines[first]
	h := importer.NewHistory(&incidentv1.DeclareIncidentRequest{
		Title:      cmp.Or(o.Title, titleOf(o.Name), declared.Text),
		Summary:    summary(declared, lines),
		OccurredAt: timestamppb.New(declared.at),
		Triage:     true,
		External:   &incidentv1.ExternalReference{System: System, Id: importer.Clip(o.Name, 128)},
	})
	for i, l := range lines {
		if i != first {
			add(h, l)
		}
	}
	return h
}

// summary is what the declaration says, and where it is from.
func summary(declared line, lines []line) string {
	parts := []string{attributed(declared)}
	var sources []string
	for _, l := range lines {
		if l.Source != "" && !slices.Contains(sources, l.Source) {
			sources = append(sources, l.Source)
		}
	}
	if len(sources) > 0 {
		parts = append(parts, "Source: "+strings.Join(sources, ", "))
	}
	return strings.TrimSpace(strings.Join(parts, "\n\n"))
}

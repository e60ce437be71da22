package statuspage_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer/statuspage"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func shared() string {
	if dir := os.Getenv("BRIDGELOG_SHARED"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "..", "..", "..", "shared")
}

func realFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(shared(), "data", "statuspage", "*"))
	if err != nil || len(paths) == 0 {
		t.Skip("no real histories: set BRIDGELOG_SHARED to the folder that holds data/statuspage")
	}
	return paths
}

// TestRealHistories reads every real file: each parses without a problem, and
// each history keeps what the system demands.
func TestRealHistories(t *testing.T) {
	for _, path := range realFiles(t) {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			batch, err := statuspage.Parse(bytes.NewReader(data), statuspage.Options{})
			if strings.HasSuffix(name, "webhook-component.json") {
				if err == nil {
					t.Error("a webhook about a component holds no incident")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(batch.Problems) > 0 {
				t.Errorf("%d problems, the first: %v", len(batch.Problems), batch.Problems[0])
			}
			if len(batch.Histories)+len(batch.Components) == 0 {
				t.Error("nothing was read")
			}
			check(t, batch)
			t.Logf("%d histories, %d events, %d components", len(batch.Histories), batch.Events(), len(batch.Components))
		})
	}
}

func check(t *testing.T, batch importer.Batch) {
	t.Helper()
	seen := map[string]bool{}
	for _, h := range batch.Histories {
		d := h.GetDeclare()
		key := d.GetExternal().GetSystem() + "/" + d.GetExternal().GetId()
		if seen[key] {
			t.Errorf("%s occurs twice", key)
		}
		seen[key] = true
		updates := map[string]bool{}
		var last int64
		for _, s := range h.GetSteps() {
			if p := s.GetPublishUpdate(); p != nil {
				if updates[p.GetUpdateId()] || p.GetUpdateId() == "" {
					t.Errorf("%s: update %q twice or without id", key, p.GetUpdateId())
				}
				updates[p.GetUpdateId()] = true
				if p.GetMessage() == "" || len(p.GetMessage()) > incident.MaxText || p.GetStatus() < incidentv1.Status_STATUS_INVESTIGATING {
					t.Errorf("%s: update %v", key, p)
				}
			}
			at := occurred(s)
			if at < last {
				t.Errorf("%s: steps are not in order", key)
			}
			last = at
		}
		if _, err := proto.Marshal(h); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// TestVersionsAreTheRichest compares two archives of one page: the one with all
// versions holds every update of the one with the last versions.
func TestVersionsAreTheRichest(t *testing.T) {
	dir := filepath.Dir(realFiles(t)[0])
	for _, company := range []string{"cloudflare", "digitalocean", "github"} {
		last := updatesOf(t, filepath.Join(dir, company+"-incidents.dev.jsonl.gz"))
		all := updatesOf(t, filepath.Join(dir, company+"-incident-versions.dev.jsonl.gz"))
		for id, texts := range last {
			for update, text := range texts {
				if got, ok := all[id][update]; !ok || got != text {
					t.Errorf("%s: %s: update %s is %q, want %q", company, id, update, got, text)
				}
			}
		}
	}
}

func updatesOf(t *testing.T, path string) map[string]map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Skip(err)
	}
	defer file.Close()
	batch, err := statuspage.Parse(file, statuspage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]string{}
	for _, h := range batch.Histories {
		texts := map[string]string{}
		for _, s := range h.GetSteps() {
			if p := s.GetPublishUpdate(); p != nil {
				texts[p.GetUpdateId()] = p.GetMessage()
			}
		}
		out[h.GetDeclare().GetExternal().GetId()] = texts
	}
	return out
}

func BenchmarkParse(b *testing.B) {
	data, err := os.ReadFile(filepath.Join(shared(), "data", "statuspage", "cloudflare-incident-versions.dev.jsonl.gz"))
	if err != nil {
		b.Skip("no real histories")
	}
	for b.Loop() {
		if _, err := statuspage.Parse(bytes.NewReader(data), statuspage.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

package docs_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/bridgelog/bridgelog/test/docs"
	"github.com/bridgelog/bridgelog/test/system"
)

// documents returns the paths of our Markdown files, relative to the root.
func documents(t *testing.T) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(system.Root(), func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != system.Root() &&
			(strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "bin"):
			return fs.SkipDir
		case filepath.Ext(name) == ".md":
			relative, err := filepath.Rel(system.Root(), path)
			paths = append(paths, relative)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Fatal("found no document")
	}
	return paths
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(system.Root(), path))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestEveryBlockIsMarked(t *testing.T) {
	t.Parallel()
	for _, path := range documents(t) {
		if _, err := docs.Blocks(read(t, path)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestWhatIsShownParses reads every YAML and JSON that a document shows: somebody copies it.
func TestWhatIsShownParses(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for _, path := range documents(t) {
		blocks, err := docs.Blocks(read(t, path))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, b := range blocks {
			seen[b.Language]++
			switch b.Language {
			case "json":
				if !json.Valid([]byte(b.Text)) {
					t.Errorf("%s: this is no JSON:\n%s", path, b.Text)
				}
			case "yaml":
				for d := yaml.NewDecoder(strings.NewReader(b.Text)); err == nil; {
					var one yaml.Node
					if err = d.Decode(&one); err != nil && !errors.Is(err, io.EOF) {
						t.Errorf("%s: %v:\n%s", path, err, b.Text)
					}
				}
			}
		}
	}
	if seen["json"] == 0 || seen["yaml"] == 0 {
		t.Errorf("found nothing to read: %v", seen)
	}
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	t.Parallel()
	for _, path := range documents(t) {
		links, err := docs.Links(read(t, path))
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range links {
			if _, err := os.Stat(filepath.Join(system.Root(), filepath.Dir(path), link)); err != nil {
				t.Errorf("%s: broken link: %v", path, err)
			}
		}
	}
}

// TestGuidesAreListed finds guides and records that their index does not name, and
// other files that no guide leads to.
func TestGuidesAreListed(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"docs/guides", "docs/adr"} {
		index := string(read(t, dir+"/README.md"))
		entries, err := os.ReadDir(filepath.Join(system.Root(), dir))
		if err != nil {
			t.Fatal(err)
		}
		all := ""
		for _, entry := range entries {
			if filepath.Ext(entry.Name()) == ".md" {
				all += string(read(t, dir+"/"+entry.Name()))
			}
		}
		for _, entry := range entries {
			name, where := entry.Name(), all
			if filepath.Ext(name) == ".md" {
				where = index
			}
			if name != "README.md" && !strings.Contains(where, "]("+name+")") {
				t.Errorf("nothing in %s lists %s", dir, name)
			}
		}
	}
}

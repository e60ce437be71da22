package bench

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/resourcefile"
)

// TestMadeCompanyIsRead holds that what the benchmark applies is what people's files
// are: as many resources as were asked for, each once, over several files.
func TestMadeCompanyIsRead(t *testing.T) {
	t.Parallel()
	const resources = 250
	dir := filepath.Join(t.TempDir(), "company")
	if err := writeCompany(dir, resources); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(paths) != 3 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	seen := map[string]bool{}
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := resourcefile.Parse(file, path)
		_ = file.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parsed {
			seen[p.Resource.GetKind()+"/"+p.Resource.GetName()] = true
		}
	}
	if len(seen) != resources || !seen["person/p0"] || !seen["team/t11"] || !seen["service/s150"] {
		t.Errorf("%d resources", len(seen))
	}
}

package deploy_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/test/deploy"
)

// TestImageBuilds does what the build stage of the Dockerfile does, with folders
// of the test in the place of /src and /out: it copies what is copied, runs what
// is run, and starts the binary that comes out.
func TestImageBuilds(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds the program once more")
	}
	source, out := t.TempDir(), t.TempDir()
	for _, instruction := range readDockerfile(t)[1:] {
		switch instruction.Name {
		case "COPY":
			copyInto(t, source, instruction)
		case "RUN":
			script := strings.ReplaceAll(strings.Join(instruction.Words, " "), "/out", out)
			command := exec.CommandContext(t.Context(), "bash", "-euc", script)
			command.Dir = source
			if printed, err := command.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", script, err, printed)
			}
		case "FROM": // The second stage only takes what the first has made.
			printed, err := exec.CommandContext(t.Context(), filepath.Join(out, "bridgelog"), "version").CombinedOutput()
			if err != nil {
				t.Fatalf("start the image's program: %v\n%s", err, printed)
			}
			return
		}
	}
	t.Fatal("the Dockerfile has no second stage")
}

// copyInto copies the sources of a COPY instruction below dir, without what
// .dockerignore keeps out.
func copyInto(t *testing.T, dir string, instruction deploy.Instruction) {
	t.Helper()
	arguments := instruction.Arguments()
	target := filepath.Join(dir, arguments[len(arguments)-1])
	for _, name := range arguments[:len(arguments)-1] {
		origin := filepath.Join("..", "..", name)
		info, err := os.Stat(origin)
		if err != nil {
			t.Fatal(err)
		}
		if !info.IsDir() {
			copyFile(t, origin, filepath.Join(target, filepath.Base(name)))
			continue
		}
		err = filepath.WalkDir(origin, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "node_modules"):
				return fs.SkipDir
			case entry.IsDir() || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			relative, err := filepath.Rel(origin, path)
			if err == nil {
				copyFile(t, path, filepath.Join(target, relative))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

package private

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakePackage lays out a package @embedded-postgres whose server says its version.
func fakePackage(t *testing.T, links string) string {
	t.Helper()
	dir := t.TempDir()
	for path, text := range map[string]string{
		"native/bin/postgres":     "#!/bin/sh\necho 'postgres (PostgreSQL) 17.10'\n",
		"native/bin/initdb":       "#!/bin/sh\n",
		"native/lib/libpq.so.5.1": "library",
		"native/pg-symlinks.json": links,
	} {
		file := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAPackageGetsItsLinksAndComesFirst(t *testing.T) {
	dir := fakePackage(t, `[{"source":"native/lib/libpq.so.5.1","target":"native/lib/libpq.so"}]`)
	for range 2 { // the second time everything is there
		found, err := FindBinaries(t.Context(), "", dir)
		if err != nil {
			t.Fatal(err)
		}
		if want := (Binaries{Dir: filepath.Join(dir, "native", "bin"), Major: 17}); found[0] != want {
			t.Fatalf("found %+v, want %+v first", found[0], want)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "native", "lib", "libpq.so"))
	if err != nil || string(text) != "library" {
		t.Fatalf("the link leads to %q, %v", text, err)
	}
}

func TestLinksThatLeadOutAreRefused(t *testing.T) {
	for _, links := range []string{
		`[{"source":"native/lib/libpq.so.5.1","target":"../escaped"}]`,
		`[{"source":"/etc/passwd","target":"native/lib/x"}]`,
		`not JSON`,
	} {
		dir := fakePackage(t, links)
		if err := restoreLinks(dir); err == nil || !strings.HasPrefix(err.Error(), "restore links: ") {
			t.Errorf("%s: %v", links, err)
		}
	}
	if err := restoreLinks(t.TempDir()); err != nil {
		t.Errorf("a directory that is no package: %v", err)
	}
}

func TestACopyIsMadeOncePerBuild(t *testing.T) {
	from := filepath.Join(fakePackage(t, "[]"), "native")
	shelf := filepath.Join(t.TempDir(), "shelf")
	first, err := shelve(from, shelf)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := shelve(from, shelf); err != nil || again != first {
		t.Fatalf("again: %s, %v; want %s", again, err, first)
	}
	if !executable(filepath.Join(first, "bin", "postgres")) {
		t.Fatal("the copy cannot be run")
	}
	if err := os.WriteFile(filepath.Join(from, "bin", "postgres"), []byte("#!/bin/sh\necho newer\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if other, err := shelve(from, shelf); err != nil || other == first {
		t.Fatalf("a newer build: %s, %v", other, err)
	}
	left, err := filepath.Glob(filepath.Join(shelf, ".copy-*"))
	if err != nil || len(left) > 0 {
		t.Fatalf("left behind: %v, %v", left, err)
	}
}

func TestWhoCanReachADirectory(t *testing.T) {
	dir := t.TempDir()
	closed := filepath.Join(dir, "closed", "bin")
	if err := os.MkdirAll(closed, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "closed"), 0o700); err != nil {
		t.Fatal(err)
	}
	stranger := account{other: true, uid: 4_000_000_000, gid: 4_000_000_000}
	if open(closed, stranger) {
		t.Error("a stranger can walk through a closed directory")
	}
	if !open("/usr", stranger) {
		t.Error("a stranger cannot reach /usr")
	}
	if open(filepath.Join(dir, "absent"), stranger) {
		t.Error("what does not exist can be reached")
	}
}

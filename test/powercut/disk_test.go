package powercut_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bridgelog/bridgelog/test/powercut"
)

func open(t *testing.T, d *powercut.Disk, name string, flags int) *os.File {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(d.Dir, name), flags, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func write(t *testing.T, f *os.File, text string) {
	t.Helper()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wants fails unless a file holds a text after the power was cut.
func wants(t *testing.T, d *powercut.Disk, name, want string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(d.Dir, name))
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", name, got, err, want)
	}
}

func TestWhatIsSyncedStaysAndTheRestIsGone(t *testing.T) {
	d := powercut.Mount(t)
	f := open(t, d, "log", os.O_CREATE|os.O_RDWR)
	write(t, f, "synced")
	must(t, f.Sync())
	write(t, f, " and not")
	_, err := f.WriteAt([]byte("S"), 0)
	must(t, err)
	must(t, f.Close())
	wants(t, d, "log", "Synced and not") // a killed process loses nothing
	d.Cut(t, nil)
	wants(t, d, "log", "synced")
	f = open(t, d, "log", os.O_RDWR)
	must(t, f.Truncate(2))
	must(t, f.Close())
	d.Cut(t, nil)
	wants(t, d, "log", "synced")
	must(t, os.WriteFile(filepath.Join(d.Dir, "log"), []byte("x"), 0o600)) // cut off at its opening
	must(t, os.Rename(filepath.Join(d.Dir, "log"), filepath.Join(d.Dir, "renamed")))
	d.Cut(t, nil)
	wants(t, d, "renamed", "synced")
	if d.Syncs() != 1 || d.Lost() != 5 {
		t.Errorf("%d syncs, %d writes lost", d.Syncs(), d.Lost())
	}
}

func TestALyingDiskLosesWhatWasSynced(t *testing.T) {
	d := powercut.Mount(t, powercut.Lying())
	f := open(t, d, "log", os.O_CREATE|os.O_RDWR)
	write(t, f, "synced")
	must(t, f.Sync())
	must(t, f.Close())
	d.Cut(t, nil)
	wants(t, d, "log", "")
}

package private

import "testing"

// FuzzParsePidFile reads a damaged or half-written lock file: whatever it says, the
// number that may get a signal is that of one process.
func FuzzParsePidFile(f *testing.F) {
	for _, seed := range []string{
		"4711\n/data\n1764400000\n5433\n/run\nlocalhost\n  5432  9\nready   \n", "4711\n/data\n1764400000\n54", "-4711\n/data\n\n-1\n",
		"-1", "0", "", "\n\n\n\n\n\n\nready", "99999999999999999999\n", "1 2\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := parsePidFile(text); got.pid < 0 || got.pid > 1<<31-1 || got.port < 0 || got.port > 65535 {
			t.Errorf("%q is read as %+v", text, got)
		}
	})
}

func TestParsePidFile(t *testing.T) {
	t.Parallel()
	whole := "4711\n/data\n1764400000\n5433\n/run\nlocalhost\n  5432  9\nready   \n"
	for text, want := range map[string]pidFile{
		whole: {pid: 4711, port: 5433, ready: true}, "4711\n/data": {pid: 4711}, "-1\n": {}, "": {},
	} {
		if got := parsePidFile(text); got != want {
			t.Errorf("%q is read as %+v, want %+v", text, got, want)
		}
	}
}

package private_test

import (
	"os"
	"slices"
	"testing"
	"time"
)

// threads are the ids of this process's threads.
func threads(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.Name())
	}
	return ids
}

// The kernel ends a child that asked for it with the thread that started it. A thread
// that waited for a server may have started the children of others before.
func TestAStoppedServerTakesNoThreadWithIt(t *testing.T) {
	server := start(t, config(t.TempDir()))
	before := threads(t)
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(200 * time.Millisecond); time.Now().Before(deadline); {
		after := threads(t)
		if i := slices.IndexFunc(before, func(id string) bool { return !slices.Contains(after, id) }); i >= 0 {
			t.Fatalf("thread %s ended with the server", before[i])
		}
	}
}

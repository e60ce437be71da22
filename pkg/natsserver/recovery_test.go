package natsserver_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
)

// lines collects what a server logs while others may read it.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// TestAnUncleanStopIsToldCalmly puts the index of an earlier stop back, as a kill
// leaves it: one line says what was recovered.
func TestAnUncleanStopIsToldCalmly(t *testing.T) {
	told := &lines{}
	server := natstest.Start(t, func(o *natsserver.Options) { o.Logger = slog.New(slog.NewTextHandler(told, nil)) })
	a := eventlogtest.NewAggregate(t, "incident.a")
	a.Append(server.Log(jetstream.Config{}, jetstream.Options{}), "one")
	var index []byte
	find := func(dir string) string {
		found, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", "LOG", "msgs", "index.db"))
		if err != nil || len(found) != 1 {
			t.Fatalf("the index: %v, %v", found, err)
		}
		return found[0]
	}
	server.Restart(func(dir string) {
		var err error
		if index, err = os.ReadFile(find(dir)); err != nil {
			t.Fatal(err)
		}
	})
	a.Append(server.Log(jetstream.Config{}, jetstream.Options{}), "two", "three")
	server.Restart(func(dir string) {
		if err := os.WriteFile(find(dir), index, 0o600); err != nil {
			t.Fatal(err)
		}
	})
	messages, err := server.Log(jetstream.Config{}, jetstream.Options{}).Load(t.Context(), a.Subject, 0)
	if err != nil {
		t.Fatal(err)
	}
	a.Verify(messages)
	// A busy machine makes the server complain of its slowness too.
	if text := told.String(); strings.Count(text, "stream=LOG") != 1 || strings.Contains(text, "Filestore") {
		t.Errorf("it is told as\n%s", text)
	}
}

package spool_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/spool"
)

// FuzzList reads a damaged file of a kept declaration: it is named or passed over,
// and never sent without a request id.
func FuzzList(f *testing.F) {
	for _, seed := range []string{
		`{"target": "server:a:1", "kept_time": "2026-01-02T03:04:05Z", "request": {"title": "x", "requestId": "r"}}`,
		`{"target": "server:a:1", "request": {}}`, `{`, ``, `null`, `[]`,
	} {
		f.Add([]byte(seed))
	}
	state := f.TempDir()
	if err := os.MkdirAll(filepath.Join(state, "spool"), 0o700); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(filepath.Join(state, "spool", "one.json"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		kept, _ := spool.Open(client.Dirs{State: state}).List(client.Target{Key: "server:a:1"})
		for _, k := range kept {
			if k.Request.GetRequestId() == "" {
				t.Errorf("%q would be sent", content)
			}
		}
	})
}

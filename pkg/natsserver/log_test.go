package natsserver

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// TestWhatTheServerSaysIsToldByItsWeight hands texts of the server to the log.
func TestWhatTheServerSaysIsToldByItsWeight(t *testing.T) {
	var out bytes.Buffer
	a := newSlogAdapter(slog.New(slog.NewTextHandler(&out, nil)))
	for _, quiet := range []string{
		"Filestore [LOG] Stream state outdated, last block has additional entries, will rebuild",
		"Filestore [LOG] Stream state checksum did not match",
		"Filestore [LOG] Recovering stream state from index errored: prior state file",
	} {
		if a.Warnf("%s", quiet); out.Len() > 0 {
			t.Errorf("%q is told as %s", quiet, out.String())
			out.Reset()
		}
	}
	a.Warnf("Filestore [LOG] WriteFullState took %v (%d bytes)", "2s", 7)
	a.Noticef("  Restored %s messages for stream '%s > %s' in %v", "3", "BRIDGELOG", "PUBLIC", "1ms")
	if out.Len() > 0 {
		t.Errorf("what is no news is told: %s", out.String())
	}
	a.Noticef("  Restored %s messages for stream '%s > %s' in %v", "1,234", "BRIDGELOG", "LOG", "12ms")
	if told := out.String(); strings.Count(told, "\n") != 1 || !strings.Contains(told, "stream=LOG messages=1,234") {
		t.Errorf("the recovery is told as %q", told)
	}
	for _, loud := range []string{
		"Filestore [LOG] Stream state detected prior state, could not locate msg block 3",
		"Filestore [LOG] indexCacheBuf corrupt record state in 1.blk: dlen 1 slen 2 index 3 rl 4 lbuf 5",
		"Filestore [LOG] checkMsgs: corrupt",
		"JetStream out of resources, will be DISABLED",
	} {
		out.Reset()
		if a.Warnf("%s", loud); !strings.Contains(out.String(), "level=WARN") || !strings.Contains(out.String(), loud) {
			t.Errorf("%q is told as %q", loud, out.String())
		}
	}
}

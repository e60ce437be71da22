package notifier_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
)

// holders are the files of the database that hold a word; the write-ahead log apart,
// which is recycled here.
func (s *system) holders(word string) []string {
	s.t.Helper()
	return slices.DeleteFunc(pgtest.Files(s.t, s.pool, word), func(name string) bool { return strings.HasPrefix(name, "pg_wal/") })
}

// TestARedactedWordLeavesTheFiles looks for a word in every file of the database
// after it was sent, echoed and redacted.
func TestARedactedWordLeavesTheFiles(t *testing.T) {
	s := newSystem(t)
	const word = "canary-9f27b1"
	r := newReceiver(t, secret)
	r.answers(func(n int, w http.ResponseWriter) {
		if n <= 2 { // what it says of the redactions themselves is new
			_, _ = io.WriteString(w, "echo: "+word)
		}
	})
	s.webhook("ops", r.URL, "")
	s.start()
	s.desk.Must(t, "a", incident.Declare{Number: 1, Title: word, Severity: incident.SEV1}, incident.PostUpdate{Text: "it is " + word})
	r.atLeast(t, 2)
	s.poll("recorded", func() bool { return s.count("select count(*) from notifier_ledger.attempt") == 2 })
	if len(s.holders(word)) == 0 {
		t.Fatal("the word is in no file to begin with")
	}
	s.desk.Must(t, "a", incident.RedactEntry{Entry: 1, ReasonCode: "secret"}, incident.RedactEntry{Entry: 2, ReasonCode: "secret"})
	var left []string
	defer func() {
		if t.Failed() {
			t.Logf("the word is still in %v", left)
		}
	}()
	s.poll("the word is gone", func() bool {
		left = s.holders(word)
		return s.count("select count(*) from notifier_ledger.erasure where wanted > 0 and done = wanted") == 1 && len(left) == 0
	})
}

package chain_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vectors is the published file; docs/guides/verify-offline.md describes it.
type vectors struct {
	Description string   `json:"description"`
	Valid       []vector `json:"valid"`
	Invalid     []vector `json:"invalid"`
}

// vector is the commits of one subject from its first revision.
type vector struct {
	Name    string         `json:"name"`
	Subject string         `json:"subject"`
	Commits []string       `json:"commits_base64"`
	Records []vectorRecord `json:"records,omitempty"`
	// Fault is the rule that the last commit breaks.
	Fault string `json:"fault,omitempty"`
}

type vectorRecord struct {
	Revision          uint64 `json:"revision"`
	EventID           string `json:"event_id"`
	Type              string `json:"type"`
	OccurredAtMicros  int64  `json:"occurred_at_us"`
	RecordedAtMicros  int64  `json:"recorded_at_us"`
	Hash              string `json:"hash"`
	FactsHash         string `json:"facts_hash"`
	ContentCommitment string `json:"content_commitment"`
	RequestDigest     string `json:"request_digest,omitempty"`
	Redacted          bool   `json:"redacted,omitempty"`
}

// counter is a source of bytes that anybody can repeat: 0, 1, 2 and so on.
type counter byte

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(*c)
		*c++
	}
	return len(p), nil
}

func buildVectors(t *testing.T) vectors {
	t.Helper()
	var random counter
	make1 := func(head chain.Head, now time.Time, req chain.Request, drafts ...chain.Draft) ([]byte, chain.Head) {
		data, next, err := chain.Seal(head, subject, drafts, req, now, &random)
		if err != nil {
			t.Fatal(err)
		}
		return data, next
	}
	declared := chain.Draft{EventID: "00000000-0000-4000-8000-000000000001", Type: "incident.declared", Actor: "person-1", Principal: "token-1", Facts: []byte{0x08, 0x01}, Content: []byte("Checkout returns 502")}
	noted := chain.Draft{EventID: "00000000-0000-4000-8000-000000000002", Type: "incident.noted", Actor: "person-1", OccurredAt: noon.Add(-time.Hour), Content: []byte("überall 502 ☎")}
	empty := chain.Draft{EventID: "00000000-0000-4000-8000-000000000003", Type: "incident.acknowledged", Actor: "person-2", Facts: []byte{0x10, 0x02}, Ignorable: true}
	first, head := make1(chain.Head{}, noon, chain.Request{ID: "request-1", Body: []byte("the request"), TraceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}, declared, noted)
	second, _ := make1(head, noon.Add(-time.Minute), chain.Request{}, empty) // the clock stands behind
	redacted, err := chain.RedactCommit(first, 2)
	if err != nil {
		t.Fatal(err)
	}
	skipped, _ := make1(chain.Head{Revision: 3, Hash: head.Hash}, noon, chain.Request{}, empty)
	unlinked, _ := make1(chain.Head{Revision: 2, Hash: chain.Hash{1}}, noon, chain.Request{}, empty)
	swap := func(data []byte, old, by string) []byte { return bytes.Replace(data, []byte(old), []byte(by), 1) }
	v := func(name, fault string, commits ...[]byte) vector { return describe(t, name, fault, commits) }
	return vectors{
		Description: "Commits of one subject each, from its first revision. Salts are the bytes 0, 1, 2 and so on.",
		Valid:       []vector{v("two commits", "", first, second), v("second revision redacted", "", redacted, second)},
		Invalid: []vector{
			v("content changed", string(chain.FaultContent), swap(first, "Checkout returns 502", "Checkout returns 200")),
			v("facts changed", string(chain.FaultFacts), swap(first, "\x12\x02\x08\x01", "\x12\x02\x08\x02")),
			v("first commit missing", string(chain.FaultRevision), second),
			v("revision skipped", string(chain.FaultRevision), first, skipped),
			v("previous hash wrong", string(chain.FaultLink), first, unlinked),
			v("marked as redacted with content", string(chain.FaultRedaction), marked(t, first)),
		},
	}
}

func describe(t *testing.T, name, fault string, commits [][]byte) vector {
	t.Helper()
	v := vector{Name: name, Subject: subject, Fault: fault}
	for _, data := range commits {
		v.Commits = append(v.Commits, base64.StdEncoding.EncodeToString(data))
		if fault == "" {
			v.Records = append(v.Records, recordsOf(t, data)...)
		}
	}
	return v
}

func recordsOf(t *testing.T, data []byte) []vectorRecord {
	t.Helper()
	c, err := chain.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	var all []vectorRecord
	for _, r := range c.Records {
		e, err := r.Envelope()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, vectorRecord{
			Revision: e.Revision, EventID: e.EventID, Type: e.Type, OccurredAtMicros: e.OccurredAtMicros, RecordedAtMicros: e.RecordedAtMicros,
			Hash: r.Hash().String(), FactsHash: hex.EncodeToString(e.FactsHash), ContentCommitment: hex.EncodeToString(e.ContentCommitment),
			RequestDigest: hex.EncodeToString(e.RequestDigest), Redacted: r.Redacted,
		})
	}
	return all
}

// TestVectors proves that the published file is what this version writes, and
// that it verifies as the file says.
func TestVectors(t *testing.T) {
	path := filepath.Join("testdata", "vectors.json")
	want, err := json.MarshalIndent(buildVectors(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	published, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(published, want) {
		t.Fatal("this version writes other bytes than the published vectors: old logs would not verify")
	}
	var file vectors
	if err := json.Unmarshal(published, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range append(file.Valid, file.Invalid...) {
		if got := verifyVector(t, v); got != v.Fault {
			t.Errorf("%s: fault %q, want %q", v.Name, got, v.Fault)
		}
	}
}

func verifyVector(t *testing.T, v vector) string {
	t.Helper()
	verifier := chain.NewVerifier(v.Subject)
	for _, text := range v.Commits {
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		err = verifier.Commit(data)
		if fault, ok := errors.AsType[*chain.VerifyError](err); ok {
			return string(fault.Fault)
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return ""
}

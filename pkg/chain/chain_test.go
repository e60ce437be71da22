package chain_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/chain"
	logv1 "github.com/bridgelog/bridgelog/proto/gen/log/v1"
)

const subject = "incident.a"

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func draft(id, content string) chain.Draft {
	return chain.Draft{EventID: id, Type: "incident.noted", Actor: "person-1", Facts: []byte("facts " + id), Content: []byte(content)}
}

func seal(t testing.TB, head chain.Head, now time.Time, req chain.Request, drafts ...chain.Draft) ([]byte, chain.Head) {
	t.Helper()
	data, next, err := chain.Seal(head, subject, drafts, req, now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return data, next
}

func TestSealLinksRevisionsInsideAndAcrossCommits(t *testing.T) {
	first, head := seal(t, chain.Head{}, noon, chain.Request{ID: "r1", Body: []byte("body")}, draft("e1", "a"), draft("e2", "b"))
	second, end := seal(t, head, noon.Add(time.Second), chain.Request{}, draft("e3", "c"))
	v := chain.NewVerifier(subject)
	for _, data := range [][]byte{first, second} {
		if err := v.Commit(data); err != nil {
			t.Fatal(err)
		}
	}
	if v.Head() != end || end.Revision != 3 {
		t.Fatalf("head %+v, want %+v", v.Head(), end)
	}
	if found, err := chain.HeadOf(second); err != nil || found != end {
		t.Fatalf("head of the last commit %+v (%v), want %+v", found, err, end)
	}
}

func TestClockNeverRunsBackWithinASubject(t *testing.T) {
	_, head := seal(t, chain.Head{}, noon, chain.Request{}, draft("e1", "a"))
	data, next := seal(t, head, noon.Add(-time.Hour), chain.Request{}, draft("e2", "b"))
	c, err := chain.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	e, err := c.Records[0].Envelope()
	if err != nil {
		t.Fatal(err)
	}
	if !e.ClockAdjusted || !e.RecordedAt().Equal(noon) || next.RecordedAtMicros != noon.UnixMicro() {
		t.Fatalf("envelope %+v", e)
	}
}

func TestInvalidDraftsAreRefused(t *testing.T) {
	cases := map[string][]chain.Draft{
		"none":      {},
		"no id":     {{Type: "t"}},
		"no type":   {{EventID: "e"}},
		"not UTF-8": {{EventID: "e", Type: "t", Actor: "\xff"}},
	}
	for name, drafts := range cases {
		if _, _, err := chain.Seal(chain.Head{}, subject, drafts, chain.Request{}, noon, rand.Reader); !errors.Is(err, chain.ErrInvalidDraft) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, _, err := chain.Seal(chain.Head{}, subject, []chain.Draft{draft("e", "")}, chain.Request{}, noon, strings.NewReader("short"))
	if err == nil {
		t.Error("sealed without randomness")
	}
}

func TestEveryFlippedBitIsFound(t *testing.T) {
	data, head := seal(t, chain.Head{}, noon, chain.Request{ID: "r", Body: []byte("b")}, draft("e1", "content"), draft("e2", "more"))
	salt, missed := len(data)-chain.SaltSize, 0
	for i := range data {
		for bit := range 8 {
			changed := bytes.Clone(data)
			changed[i] ^= 1 << bit
			v := chain.NewVerifier(subject)
			if err := v.Commit(changed); err == nil && v.Head() == head && i < salt-2 {
				missed++
				t.Errorf("bit %d of byte %d", bit, i)
			}
		}
	}
	if missed > 0 {
		t.Fatalf("%d changes were not noticed", missed)
	}
}

func TestRedactionKeepsTheProof(t *testing.T) {
	data, head := seal(t, chain.Head{}, noon, chain.Request{ID: "r", Body: []byte("body")}, draft("e1", "kept"), draft("e2", "secret"))
	redacted, err := chain.RedactCommit(data, 2)
	if err != nil {
		t.Fatal(err)
	}
	v := chain.NewVerifier(subject)
	if err := v.Commit(redacted); err != nil || v.Head() != head || len(v.Redacted()) != 1 {
		t.Fatalf("verify: %v, head %+v, redacted %v", err, v.Head(), v.Redacted())
	}
	if bytes.Contains(redacted, []byte("secret")) || !bytes.Contains(redacted, []byte("kept")) || !chain.SameEnvelopes(data, redacted) {
		t.Fatal("the wrong bytes were taken away")
	}
	if _, err := chain.RedactCommit(redacted, 2); !errors.Is(err, chain.ErrRedacted) {
		t.Fatalf("again: %v", err)
	}
	if _, err := chain.RedactCommit(data, 3); !errors.Is(err, chain.ErrNoSuchRevision) {
		t.Fatalf("revision 3: %v", err)
	}
}

func TestRedactionKeepsUnknownFields(t *testing.T) {
	data, _ := seal(t, chain.Head{}, noon, chain.Request{}, draft("e1", "secret"))
	future := append(bytes.Clone(data), 0x9a, 0x06, 3, 'n', 'e', 'w') // field 99
	redacted, err := chain.RedactCommit(future, 1)
	if err != nil || !bytes.HasSuffix(redacted, []byte("new")) {
		t.Fatalf("%q (%v)", redacted, err)
	}
}

func TestSameRequest(t *testing.T) {
	with, _ := seal(t, chain.Head{}, noon, chain.Request{ID: "r", Body: []byte("body")}, draft("e1", "a"))
	without, _ := seal(t, chain.Head{}, noon, chain.Request{}, draft("e1", "a"))
	redacted, err := chain.RedactCommit(with, 1)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		data []byte
		body string
		want chain.Sameness
	}{
		{with, "body", chain.SameYes},
		{with, "other", chain.SameNo},
		{redacted, "body", chain.SameUnknowable},
		{without, "body", chain.SameUnknowable},
	}
	for i, c := range cases {
		commit, err := chain.Open(c.data)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := chain.SameRequest(commit, []byte(c.body)); err != nil || got != c.want {
			t.Errorf("case %d: %v (%v), want %v", i, got, err, c.want)
		}
	}
}

func TestVerifierNamesTheFault(t *testing.T) {
	first, head := seal(t, chain.Head{}, noon, chain.Request{}, draft("e1", "a"))
	second, _ := seal(t, head, noon, chain.Request{}, draft("e2", "b"))
	stranger, _, err := chain.Seal(chain.Head{}, "incident.b", []chain.Draft{draft("e1", "a")}, chain.Request{}, noon, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := seal(t, chain.Head{Revision: 1, Hash: chain.Hash{1}}, noon, chain.Request{}, draft("e2", "b"))
	early, _ := seal(t, chain.Head{Revision: 1, Hash: head.Hash}, noon.Add(-time.Hour), chain.Request{}, draft("e2", "b"))
	twice, _ := seal(t, head, noon, chain.Request{}, draft("e1", "b"))
	cases := map[chain.Fault][][]byte{
		chain.FaultSubject: {stranger}, chain.FaultRevision: {second}, chain.FaultLink: {first, other},
		chain.FaultClock: {first, early}, chain.FaultEvent: {first, twice},
		chain.FaultContent:   {bytes.Replace(first, []byte("\x1a\x01a"), []byte("\x1a\x01b"), 1)},
		chain.FaultFacts:     {bytes.Replace(first, []byte("facts e1"), []byte("facts e9"), 1)},
		chain.FaultRedaction: {marked(t, first)},
	}
	for want, commits := range cases {
		v := chain.NewVerifier(subject)
		var err error
		for _, data := range commits {
			err = v.Commit(data)
		}
		fault, ok := errors.AsType[*chain.VerifyError](err)
		if !ok || fault.Fault != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// marked sets the redaction mark but leaves the content.
func marked(t *testing.T, data []byte) []byte {
	t.Helper()
	var c logv1.Commit
	if err := proto.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	c.Records[0].Redacted = true
	out, err := proto.Marshal(&c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSealEncodesAsProtobufDoes holds our encoder against the library's.
func TestSealEncodesAsProtobufDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drafts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) chain.Draft {
			return chain.Draft{
				EventID: rapid.StringN(1, 40, -1).Draw(t, "id"), Type: rapid.StringN(1, 20, -1).Draw(t, "type"),
				OccurredAt: time.UnixMicro(rapid.Int64Range(-1e15, 1e16).Draw(t, "at")),
				Facts:      rapid.SliceOf(rapid.Byte()).Draw(t, "facts"), Content: rapid.SliceOf(rapid.Byte()).Draw(t, "content"),
				Actor: rapid.String().Draw(t, "actor"), Principal: rapid.String().Draw(t, "principal"), Ignorable: rapid.Bool().Draw(t, "ignorable"),
			}
		}), 1, 4).Draw(t, "drafts")
		req := chain.Request{ID: rapid.String().Draw(t, "request"), TraceParent: rapid.String().Draw(t, "trace")}
		data, _, err := chain.Seal(chain.Head{}, subject, drafts, req, noon, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		var c logv1.Commit
		if err := proto.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
		again, err := proto.MarshalOptions{Deterministic: true}.Marshal(&c)
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%x, protobuf writes %x (%v)", data, again, err)
		}
		for _, r := range c.GetRecords() {
			var e logv1.Envelope
			if err := proto.Unmarshal(r.GetEnvelope(), &e); err != nil {
				t.Fatal(err)
			}
			again, err := proto.MarshalOptions{Deterministic: true}.Marshal(&e)
			if err != nil || !bytes.Equal(again, r.GetEnvelope()) {
				t.Fatalf("envelope %x, protobuf writes %x (%v)", r.GetEnvelope(), again, err)
			}
		}
	})
}

package archive_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/archive"
	"github.com/bridgelog/bridgelog/pkg/chain"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

var start = time.Date(2026, 3, 1, 3, 12, 0, 0, time.UTC)

func encode(t *testing.T, m proto.Message) []byte {
	t.Helper()
	data, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// note is an event with content only; redaction is one with facts.
func note(t *testing.T, id, text string) chain.Draft {
	t.Helper()
	return chain.Draft{
		EventID: id, Type: "incident.note_added", Actor: "p1",
		Facts:   encode(t, &incidentv1.NoteAddedFacts{Label: "hypothesis"}),
		Content: encode(t, &incidentv1.NoteAddedContent{Text: text}),
	}
}

// sealed is a chain of commits, one for each draft.
func sealed(t *testing.T, subject string, drafts ...chain.Draft) []*timelinev1.ExportedEvent {
	t.Helper()
	var head chain.Head
	var out []*timelinev1.ExportedEvent
	for i, d := range drafts {
		data, next, err := chain.Seal(head, subject, []chain.Draft{d}, chain.Request{ID: d.EventID}, start.Add(time.Duration(i)*time.Minute), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		head = next
		c, err := chain.Open(data)
		if err != nil {
			t.Fatal(err)
		}
		r := c.Records[0]
		hash := r.Hash()
		out = append(out, &timelinev1.ExportedEvent{
			Subject: subject, Revision: head.Revision, Envelope: r.EnvelopeBytes, Facts: r.Facts, Content: r.Content,
			Salt: r.Salt, Hash: hash[:], CommitStart: true, RequestSalt: c.RequestSalt,
		})
	}
	return out
}

func heads(chains ...[]*timelinev1.ExportedEvent) *timelinev1.ExportHeads {
	out := &timelinev1.ExportHeads{Epoch: "e1", Position: "pos"}
	for _, c := range chains {
		last := c[len(c)-1]
		out.Events += uint64(len(c))
		out.Heads = append(out.Heads, &timelinev1.ChainHead{Subject: last.GetSubject(), Revision: last.GetRevision(), Hash: last.GetHash()})
	}
	return out
}

func testKey(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	key, err := archive.LoadKey(filepath.Join(t.TempDir(), "sub", archive.KeyFile), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// export writes two chains, the second with a redacted event.
func export(t *testing.T, key ed25519.PrivateKey, spoil func(a, b []*timelinev1.ExportedEvent)) string {
	t.Helper()
	a := sealed(t, "incident.a", note(t, "a1", "The pool is full."), note(t, "a2", "<b>It is</b>."), note(t, "a3", "Fixed."))
	redaction := chain.Draft{EventID: "b2", Type: "incident.entry_redacted", Facts: encode(t, &incidentv1.EntryRedactedFacts{Entry: 1, ReasonCode: "secret"})}
	b := sealed(t, "incident.b", note(t, "b1", "password"), redaction)
	b[0].Content, b[0].Salt, b[0].RequestSalt, b[0].Redacted = nil, nil, nil, true
	end := heads(a, b)
	if spoil != nil {
		spoil(a, b)
	}
	var out bytes.Buffer
	w := archive.NewWriter(&out)
	for _, e := range []*timelinev1.ExportedEvent{a[0], b[0], a[1], b[1], a[2]} {
		if err := w.Event(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(end, key, start); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func verify(t *testing.T, text string, trusted ed25519.PublicKey) archive.Report {
	t.Helper()
	report, err := archive.Verify(t.Context(), strings.NewReader(text), trusted, func(uint64) {})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestExportVerifies(t *testing.T) {
	key := testKey(t)
	text := export(t, key, nil)
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		t.Fatal("no public key")
	}
	report := verify(t, text, public)
	if !report.OK() || report.Events != 5 || report.Subjects != 2 || report.Redacted != 1 || report.Manifest.Epoch != "e1" {
		t.Errorf("report %+v", report)
	}
	var first archive.Event
	if err := json.Unmarshal([]byte(strings.SplitN(text, "\n", 2)[0]), &first); err != nil {
		t.Fatal(err)
	}
	if string(first.Content) != `{"text":"The pool is full."}` || string(first.Facts) != `{"label":"hypothesis"}` || first.Type != "incident.note_added" {
		t.Errorf("readable part: %s %s", first.Facts, first.Content)
	}
}

// TestTampering changes an export in every way that must be noticed.
func TestTampering(t *testing.T) {
	key := testKey(t)
	text := export(t, key, nil)
	lines := strings.SplitAfter(text, "\n")[:6]
	edit := func(i int, change func(map[string]any)) string {
		var m map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &m); err != nil {
			t.Fatal(err)
		}
		change(m)
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		changed := append([]string(nil), lines...)
		changed[i] = string(data) + "\n"
		return strings.Join(changed, "")
	}
	stored := func(m map[string]any) map[string]any {
		s, ok := m["stored"].(map[string]any)
		if !ok {
			t.Fatal("no stored part")
		}
		return s
	}
	otherText := base64.StdEncoding.EncodeToString(encode(t, &incidentv1.NoteAddedContent{Text: "All is well."}))
	cases := map[string]struct{ text, problem string }{
		"content":        {edit(0, func(m map[string]any) { stored(m)["content"] = otherText }), "the content was changed"},
		"facts":          {edit(0, func(m map[string]any) { stored(m)["facts"] = "" }), "the facts were changed"},
		"readable text":  {edit(0, func(m map[string]any) { m["content"] = map[string]any{"text": "All is well."} }), "content is not what the stored bytes say"},
		"readable time":  {edit(0, func(m map[string]any) { m["occurred_time"] = "2026-03-01T03:00:00Z" }), "occurred_time is not"},
		"readable actor": {edit(0, func(m map[string]any) { m["actor"] = "p2" }), "actor is not"},
		"added text":     {edit(1, func(m map[string]any) { m["content"] = map[string]any{"text": "x"} }), "content is not"},
		"hidden content": {edit(2, func(m map[string]any) {
			m["redacted"] = true
			delete(stored(m), "content")
			delete(stored(m), "salt")
			delete(m, "content")
		}), "no event says that it was redacted"},
		"dropped event":   {lines[0] + lines[1] + lines[3] + lines[4] + lines[5], "revision 2 is missing"},
		"dropped tail":    {lines[0] + lines[1] + lines[2] + lines[3] + lines[5], "ends at revision 2, and the manifest says 3"},
		"dropped chain":   {lines[0] + lines[2] + lines[4] + lines[5], "the file does not hold it"},
		"order":           {lines[2] + lines[0] + lines[1] + lines[3] + lines[4] + lines[5], "the chain breaks"},
		"cut off":         {strings.Join(lines[:5], ""), "the manifest is missing"},
		"appended":        {text + lines[0], "behind the manifest"},
		"manifest":        {strings.Replace(text, `"epoch":"e1"`, `"epoch":"e2"`, 1), "the signature does not fit"},
		"garbage":         {"garbage\n" + text, "the line is not JSON"},
		"unknown kind":    {`{"kind": "x"}` + "\n" + text, "unknown kind of line"},
		"other signature": {edit(5, func(m map[string]any) { m["signature"] = base64.StdEncoding.EncodeToString(make([]byte, 64)) }), "the signature does not fit"},
	}
	for name, c := range cases {
		report := verify(t, c.text, nil)
		found := ""
		for _, f := range report.Findings {
			found += f.Problem + "; "
		}
		if !strings.Contains(found, c.problem) {
			t.Errorf("%s: found %q, want %q", name, found, c.problem)
		}
	}
	if report := verify(t, text, make(ed25519.PublicKey, ed25519.PublicKeySize)); report.OK() || !strings.Contains(report.Findings[0].Problem, "another key") {
		t.Errorf("another trusted key: %+v", report.Findings)
	}
}

func TestIncompleteExportIsNotSigned(t *testing.T) {
	a := sealed(t, "incident.a", note(t, "a1", "x"), note(t, "a2", "y"))
	w := archive.NewWriter(&bytes.Buffer{})
	if err := w.Event(a[0]); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(heads(a), testKey(t), start); !errors.Is(err, archive.ErrIncomplete) {
		t.Errorf("%v, want ErrIncomplete", err)
	}
}

func TestKeyIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), archive.KeyFile)
	first, err := archive.LoadKey(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	second, err := archive.LoadKey(path, rand.Reader)
	if err != nil || !first.Equal(second) {
		t.Errorf("another key the second time: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.LoadKey(path, rand.Reader); err == nil {
		t.Error("a damaged key was replaced silently")
	}
}

// FuzzVerify holds that no file makes the verifier panic, and that only the
// original passes with the trusted key.
func FuzzVerify(f *testing.F) {
	f.Add("{}\n")
	f.Add(`{"kind":"event","stored":{"envelope":"AAAA"}}`)
	f.Add(`{"kind":"manifest","manifest":{"format":"bridgelog.export/1"},"signature":""}`)
	trusted := make(ed25519.PublicKey, ed25519.PublicKeySize)
	f.Fuzz(func(t *testing.T, text string) {
		report, err := archive.Verify(context.WithoutCancel(t.Context()), strings.NewReader(text), trusted, func(uint64) {})
		if err == nil && report.OK() {
			t.Errorf("accepted: %q", text)
		}
	})
}

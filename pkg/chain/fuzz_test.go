package chain_test

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	logv1 "github.com/bridgelog/bridgelog/proto/gen/log/v1"
)

func seeds(f *testing.F) {
	f.Helper()
	data, _ := seal(f, chain.Head{}, noon, chain.Request{ID: "r", Body: []byte("b"), TraceParent: "00-1-2-01"}, draft("e1", "one"), draft("e2", "two"))
	redacted, err := chain.RedactCommit(data, 2)
	if err != nil {
		f.Fatal(err)
	}
	c, err := chain.Open(data)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{data, redacted, c.Records[0].EnvelopeBytes, nil, {0x0a, 0x00}, {0x0b, 0x0c}, {0x28, 0x01}} {
		f.Add(seed)
	}
}

// FuzzOpen holds our decoder of commits and records against the library's.
func FuzzOpen(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var want logv1.Commit
		wantErr := proto.Unmarshal(data, &want)
		got, err := chain.Open(data)
		if (err == nil) != (wantErr == nil && len(want.GetRecords()) > 0) {
			t.Fatalf("our error %v, the library's %v with %d records", err, wantErr, len(want.GetRecords()))
		}
		if err != nil {
			return
		}
		if len(got.Records) != len(want.GetRecords()) || !bytes.Equal(got.RequestSalt, want.GetRequestSalt()) {
			t.Fatalf("%+v, want %v", got, &want)
		}
		for i, r := range want.GetRecords() {
			g := got.Records[i]
			if !bytes.Equal(g.EnvelopeBytes, r.GetEnvelope()) || !bytes.Equal(g.Facts, r.GetFacts()) ||
				!bytes.Equal(g.Content, r.GetContent()) || !bytes.Equal(g.Salt, r.GetSalt()) || g.Redacted != r.GetRedacted() {
				t.Fatalf("record %d: %+v, want %v", i, g, r)
			}
		}
	})
}

// FuzzParseEnvelope holds our decoder of envelopes against the library's.
func FuzzParseEnvelope(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var w logv1.Envelope
		wantErr := proto.Unmarshal(data, &w)
		g, err := chain.ParseEnvelope(data)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("our error %v, the library's %v", err, wantErr)
		}
		if err != nil {
			return
		}
		again := &logv1.Envelope{
			EventId: g.EventID, Subject: g.Subject, Revision: g.Revision, Type: g.Type,
			OccurredAtUs: g.OccurredAtMicros, RecordedAtUs: g.RecordedAtMicros, ClockAdjusted: g.ClockAdjusted,
			Actor: g.Actor, Principal: g.Principal, RequestId: g.RequestID, RequestDigest: g.RequestDigest,
			TraceParent: g.TraceParent, PrevHash: g.PrevHash, FactsHash: g.FactsHash,
			ContentCommitment: g.ContentCommitment, Ignorable: g.Ignorable,
		}
		w.ProtoReflect().SetUnknown(nil)
		if !proto.Equal(again, &w) {
			t.Fatalf("%v, want %v", again, &w)
		}
	})
}

// FuzzVerifyAndRedact looks for panics and for a redaction that changes more
// than it should.
func FuzzVerifyAndRedact(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = chain.NewVerifier(subject).Commit(data)
		_, _ = chain.LastHash(data)
		redacted, err := chain.RedactCommit(data, 1)
		if err == nil && !chain.SameEnvelopes(data, redacted) {
			t.Fatal("a redaction changed an envelope or facts")
		}
	})
}

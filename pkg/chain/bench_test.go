package chain_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	logv1 "github.com/bridgelog/bridgelog/proto/gen/log/v1"
)

func sample(b *testing.B) []byte {
	b.Helper()
	data, _ := seal(b, chain.Head{Revision: 7, Hash: chain.Hash{1}}, noon,
		chain.Request{ID: "0b5c1c2e-5f0e-4a3c-9a53-000000000001", Body: []byte("body"), TraceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
		draft("0b5c1c2e-5f0e-4a3c-9a53-000000000002", strings.Repeat("what happened ", 10)))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	return data
}

func BenchmarkSeal(b *testing.B) {
	drafts := []chain.Draft{draft("0b5c1c2e-5f0e-4a3c-9a53-000000000002", strings.Repeat("what happened ", 10))}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := chain.Seal(chain.Head{}, subject, drafts, chain.Request{ID: "r", Body: []byte("b")}, noon, rand.Reader); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	data := sample(b)
	for b.Loop() {
		c, err := chain.Open(data)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Records[0].Envelope(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecodeProtobuf is the raw limit that Decode is held against.
func BenchmarkDecodeProtobuf(b *testing.B) {
	data := sample(b)
	for b.Loop() {
		var c logv1.Commit
		if err := proto.Unmarshal(data, &c); err != nil {
			b.Fatal(err)
		}
		var e logv1.Envelope
		if err := proto.Unmarshal(c.GetRecords()[0].GetEnvelope(), &e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	data := sample(b)
	for b.Loop() {
		c, err := chain.Open(data)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := chain.VerifyRecord(c.Records[0]); err != nil {
			b.Fatal(err)
		}
	}
}

package resource

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// What a repetition is compared with must never change: logs hold digests of it.
func TestWhatARepetitionHasToEqual(t *testing.T) {
	t.Parallel()
	request := &catalogv1.ApplyRequest{
		RequestId: "once", Etag: "c7", ManagedBy: "file", Prune: true,
		Resources: []*catalogv1.Resource{{Kind: "team", Name: "web", Spec: &catalogv1.Spec{
			Kind: &catalogv1.Spec_Team{Team: &catalogv1.TeamSpec{Members: []string{"ada", "ben"}}},
		}}},
	}
	later := protowire.AppendTag(nil, 1000, protowire.VarintType) // a field of a later version
	request.ProtoReflect().SetUnknown(protowire.AppendVarint(later, 1))
	before := proto.Clone(request).(*catalogv1.ApplyRequest)

	bare := proto.Clone(request).(*catalogv1.ApplyRequest)
	bare.RequestId, bare.Etag = "", ""
	encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(bare)
	if err != nil {
		t.Fatal(err)
	}
	want := append([]byte("catalog.v1.ApplyRequest\n"), encoded...)
	got, err := repeatable(request)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if !proto.Equal(request, before) {
		t.Errorf("the request became %v", request)
	}
}

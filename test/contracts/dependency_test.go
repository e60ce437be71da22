package contracts_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
)

// TestValidationOptionsAreOfOneRelease compares the proto that our schemas are
// compiled against with the Go types that read the compiled options: they come
// from two modules, whose versions have to be raised together.
func TestValidationOptionsAreOfOneRelease(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	buf, err := filepath.Abs(filepath.Join(root, ".bin", "buf"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(buf); err != nil {
		t.Skip("buf is not built: run make tools")
	}

	var stderr bytes.Buffer
	command := exec.CommandContext(t.Context(), buf,
		"build", ".proto-deps/protovalidate", "--exclude-imports", "--as-file-descriptor-set", "-o", "-")
	command.Dir = root
	command.Stderr = &stderr
	image, err := command.Output()
	if err != nil {
		t.Fatalf("compile the dependency: %v\n%s", err, stderr.String())
	}
	var compiled descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(image, &compiled); err != nil {
		t.Fatal(err)
	}
	if len(compiled.GetFile()) != 1 {
		t.Fatalf("the dependency has %d files, want 1", len(compiled.GetFile()))
	}

	imported := compiled.GetFile()[0]
	linked := protodesc.ToFileDescriptorProto(validate.File_buf_validate_validate_proto)
	imported.SourceCodeInfo = nil
	if !proto.Equal(imported, linked) {
		t.Error("tools/protos/go.mod and proto/go.mod name different releases of protovalidate")
	}
}

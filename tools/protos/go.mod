// Module protos pins the Go modules whose .proto files ours import. Nothing
// here imports their Go code, so `go mod tidy` would drop the requirements:
// do not run it in this folder.
module github.com/bridgelog/bridgelog/tools/protos

go 1.26

// Must be the release that the Go package
// buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go in proto/go.mod
// was generated from.
require github.com/bufbuild/protovalidate v1.2.2

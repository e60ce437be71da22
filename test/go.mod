module github.com/bridgelog/bridgelog/test

go 1.26.0

require (
	buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go v1.36.12-20260825204119-511051f7f437.2
	golang.org/x/mod v0.42.0
	google.golang.org/protobuf v1.36.12
)

require go.yaml.in/yaml/v3 v3.0.6

require (
	github.com/bridgelog/bridgelog/proto v0.0.0 // indirect
	github.com/yuin/goldmark v1.8.7
	golang.org/x/net v0.61.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20261104224025-d1e00e9f33ab // indirect
	google.golang.org/grpc v1.85.0 // indirect
)

require (
	github.com/bridgelog/bridgelog/pkg v0.0.0
	github.com/standard-webhooks/standard-webhooks/libraries v0.0.1
)

replace (
	github.com/bridgelog/bridgelog/pkg => ../pkg
	github.com/bridgelog/bridgelog/proto => ../proto
)

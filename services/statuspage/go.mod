module github.com/bridgelog/bridgelog/services/statuspage

go 1.26.0

require (
	github.com/bridgelog/bridgelog/pkg v0.0.0
	github.com/bridgelog/bridgelog/proto v0.0.0
)

require google.golang.org/protobuf v1.36.12 // indirect

replace (
	github.com/bridgelog/bridgelog/pkg => ../../pkg
	github.com/bridgelog/bridgelog/proto => ../../proto
)

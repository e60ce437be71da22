package rpc_test

import (
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
)

// Errors become statuses in one place; clients read them back as a Failure.
func ExampleStatus() {
	err := fmt.Errorf("append event: %w", eventlog.ErrFull)
	f := rpc.FailureOf(rpc.Status(err).Err())
	fmt.Println(f.Code, f.Reason)
	fmt.Println(f.Message)
	// Output:
	// resource_exhausted log_full
	// the log is full and nothing was stored: raise its limit or free disk space
}

package private_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/postgres/private"
)

// A server of our own, from whatever PostgreSQL the machine has.
func ExampleStart() {
	dir, err := os.MkdirTemp("", "bridgelog-example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a directory for temporary files
	server, err := private.Start(context.Background(), private.Config{Dir: dir, BinDirs: []string{os.Getenv("BRIDGELOG_POSTGRES_BIN")}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Contains(server.URL(), "@127.0.0.1:"))
	fmt.Println(server.Stop())
	// Output:
	// true
	// <nil>
}

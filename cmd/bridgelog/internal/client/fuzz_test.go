package client_test

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
)

func nothing(string) string { return "" }

// FuzzServer reads what a person gives as an address.
func FuzzServer(f *testing.F) {
	for _, seed := range []string{"host", "host:1", "https://host", "http://[::1]:7420/", "[::1]", "::1", "a b", "http://", "://", "host:", ":1", "127.0.0.1:7420"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, server string) {
		target, err := client.Resolve(client.Options{Server: server}, client.Dirs{Data: "/none", Config: "/none", State: "/none"}, nothing)
		if err != nil || target.Server == "" {
			return
		}
		host, port, err := net.SplitHostPort(target.Server)
		if err != nil || host == "" || port == "" {
			t.Errorf("%q is taken for %q: %v", server, target.Server, err)
		}
	})
}

// FuzzEndpoints reads the file of a system that runs, whatever is in it.
func FuzzEndpoints(f *testing.F) {
	for _, seed := range []string{`{"grpc": "127.0.0.1:1", "token": "t"}`, "{", "[]", "", "null", `{"grpc": 7}`} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, client.EndpointsFile), content, 0o600); err != nil {
			t.Fatal(err)
		}
		if endpoints, err := client.ReadEndpoints(dir); err == nil && endpoints.GRPC == "" {
			t.Errorf("%q says nothing and is taken", content)
		}
	})
}

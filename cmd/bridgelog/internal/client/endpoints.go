package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// EndpointsFile is the name of the file that `bridgelog up` writes into its
// data directory when it is ready.
const EndpointsFile = "endpoints.json"

// ErrNotRunning: the data directory has no endpoints.json, so nothing runs there.
var ErrNotRunning = errors.New("nothing runs there")

// Endpoints is what a client reads of endpoints.json.
type Endpoints struct {
	// GRPC is host:port of the gRPC door.
	GRPC string `json:"grpc"`
	// API is the URL of the JSON door.
	API string `json:"api"`
	// Console is the URL of the responders' console.
	Console string `json:"console"`
	// StatusPage is the URL of the public page.
	StatusPage string `json:"statuspage"`
	// Intake is the URL of the doors for alerts.
	Intake string `json:"intake"`
	// Token is an admin's bearer token.
	Token string `json:"token"`
	// Demo is true when the system holds made-up data.
	Demo bool `json:"demo"`
}

// ReadEndpoints reads endpoints.json of a data directory. It returns
// [ErrNotRunning] when there is none.
func ReadEndpoints(dir string) (Endpoints, error) {
	path := filepath.Join(dir, EndpointsFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Endpoints{}, ErrNotRunning
	}
	if err != nil {
		return Endpoints{}, fmt.Errorf("read endpoints: %w", err)
	}
	var endpoints Endpoints
	if err := json.Unmarshal(data, &endpoints); err != nil {
		return Endpoints{}, fmt.Errorf("read %s: %w", path, err)
	}
	if endpoints.GRPC == "" {
		return Endpoints{}, fmt.Errorf("read %s: it names no grpc address", path)
	}
	return endpoints, nil
}

package host

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// endpointsFile stands in the data directory while the system is ready.
const endpointsFile = "endpoints.json"

// Endpoints is where the running system can be reached. It is written with
// mode 0600, as it holds a token.
type Endpoints struct {
	// GRPC is HOST:PORT of all gRPC services.
	GRPC string `json:"grpc"`
	// API is the URL of JSON over HTTP.
	API string `json:"api"`
	// Statuspage is the URL of the public page.
	Statuspage string `json:"statuspage"`
	// Intake is the URL of the doors for alerts.
	Intake string `json:"intake"`
	// Metrics is the URL of health and metrics.
	Metrics string `json:"metrics"`
	// NATS is the URL of the message server.
	NATS string `json:"nats"`
	// Database is the URL of Postgres.
	Database string `json:"database"`
	// Token is the admin's.
	Token string `json:"token"`
	// PID is the process.
	PID int `json:"pid"`
}

// write replaces the file in one step, so that nobody reads half of it.
func (e Endpoints) write(dataDir string) error {
	content, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return fmt.Errorf("encode endpoints: %w", err)
	}
	return writeSecret(filepath.Join(dataDir, endpointsFile), append(content, '\n'))
}

func removeEndpoints(dataDir string) { _ = os.Remove(filepath.Join(dataDir, endpointsFile)) }

package deploy

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Compose is the part of the compose format that our file uses. Anything else in
// the file is an error, so a misspelled key is found.
type Compose struct {
	// Name is the project's.
	Name string `yaml:"name"`
	// Services are the containers by name.
	Services map[string]Service `yaml:"services"`
	// Volumes are the named volumes.
	Volumes map[string]any `yaml:"volumes"`
	// Extensions are the fragments that anchors stand on.
	Extensions map[string]any `yaml:",inline"`
}

// Service is one container.
type Service struct {
	Image           string               `yaml:"image"`
	Build           *Build               `yaml:"build"`
	Command         []string             `yaml:"command"`
	Environment     map[string]string    `yaml:"environment"`
	Volumes         []string             `yaml:"volumes"`
	Ports           []string             `yaml:"ports"`
	DependsOn       map[string]Condition `yaml:"depends_on"`
	Restart         string               `yaml:"restart"`
	ReadOnly        bool                 `yaml:"read_only"`
	Tmpfs           []string             `yaml:"tmpfs"`
	CapDrop         []string             `yaml:"cap_drop"`
	SecurityOpt     []string             `yaml:"security_opt"`
	StopGracePeriod string               `yaml:"stop_grace_period"`
	Healthcheck     *Healthcheck         `yaml:"healthcheck"`
}

// Build says how an image is built.
type Build struct {
	Context    string `yaml:"context"`
	Dockerfile string `yaml:"dockerfile"`
}

// Condition is what a service waits for in another.
type Condition struct {
	Condition string `yaml:"condition"`
}

// Healthcheck is how the engine asks a container whether it is well.
type Healthcheck struct {
	Test     []string `yaml:"test"`
	Interval string   `yaml:"interval"`
	Timeout  string   `yaml:"timeout"`
	Retries  int      `yaml:"retries"`
}

// Runs returns the services that the container runs by `bridgelog serve`, and
// whether it runs bridgelog at all.
func (s Service) Runs() ([]string, bool) {
	if s.Build == nil || len(s.Command) == 0 || s.Command[0] != "serve" {
		return nil, false
	}
	return s.Command[1:], true
}

// ReadCompose reads a compose file.
func ReadCompose(file string) (*Compose, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read compose file: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	var compose Compose
	if err := decoder.Decode(&compose); err != nil {
		return nil, fmt.Errorf("decode %s: %w", file, err)
	}
	for key := range compose.Extensions {
		if !strings.HasPrefix(key, "x-") {
			return nil, fmt.Errorf("decode %s: key %q is not one of compose's", file, key)
		}
	}
	return &compose, nil
}

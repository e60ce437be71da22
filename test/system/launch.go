package system

import (
	"slices"
	"testing"
)

// Launch runs the process again as Start does, but does not wait until it is ready:
// it may be meant to die before.
func (s *Service) Launch(t testing.TB, env ...string) {
	t.Helper()
	env = append(slices.Clip(s.env), env...)
	s.launch(t, append(env, "BRIDGELOG_LISTEN="+s.Host, "BRIDGELOG_DATA_DIR="+s.dir), "serve", s.Name)
}

// Page is the URL of the status page of the process.
func (s *Service) Page() string { return "http://" + s.Host + ":7422" }

// Dir is the data directory of the process.
func (s *Service) Dir() string { return s.dir }

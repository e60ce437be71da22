package chaos_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/test/system"
)

// erasurePrefix begins the points of the erasure of a person.
const erasurePrefix = "erase."

// somebody is whoever is to be erased: every name, address and token of theirs
// begins with this.
const somebody = "qoph7canary"

// TestAnErasedPersonIsInNoFile lets people work, with a receiver that echoes their
// names, and erases them, each time killing the process at another point of the
// erasure and repeating it. Every view then says "former member", and no file of the
// data directory has their data: neither the log nor the database.
func TestAnErasedPersonIsInNoFile(t *testing.T) {
	t.Parallel()
	named := &atomic.Int64{}
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), somebody) {
			named.Add(1)
		}
		_, _ = w.Write(body)
	}))
	defer echo.Close()
	s := system.Up(t, system.Options{})
	s.Do(t, "webhook", "add", "echo", echo.URL)
	tried := 0
	for _, point := range failpoint.Names() {
		if !strings.HasPrefix(point, erasurePrefix) {
			continue
		}
		tried++
		name := fmt.Sprint(somebody, tried)
		incident := work(t, s, name)
		eventually(t, "the receiver heard of "+name, func() bool { return named.Load() >= int64(tried) })
		if len(grep(t, s.Dir, name)) == 0 {
			t.Errorf("%s is in no file to begin with", name)
		}
		before := time.Now().UTC().Format(time.RFC3339Nano)
		eraseKilledAt(t, s, name, point)
		t.Run(point, func(t *testing.T) { isFormer(t, s, incident, before) })
	}
	if tried == 0 {
		t.Error("nothing was tried")
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
	gone(t, s.Dir, somebody)
	s.Stop(t)
}

// work makes a person with contacts, a team and a token, and lets them declare an
// incident and take a role.
func work(t *testing.T, s *system.System, name string) (incident string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "people.yaml")
	documents := fmt.Sprintf(`kind: Person
name: %[1]s
spec:
  display_name: Display %[1]s
  email: %[1]s@example.org
  role: responder
  contacts: [{type: chat, address: "@%[1]s"}]
---
kind: Team
name: ops
spec: {members: [%[1]s], managers: [%[1]s]}
`, name)
	if err := os.WriteFile(file, []byte(documents), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Do(t, "apply", "-f", file)
	var made struct{ Token string }
	s.JSON(t, &made, "token", "create", name+"-laptop", "--role", "responder", "--person", name)
	var declared struct{ Incident string }
	stdout := system.Run(t, []string{
		"BRIDGELOG_SERVER=" + s.Endpoints.GRPC, "BRIDGELOG_TOKEN=" + made.Token,
		"XDG_CONFIG_HOME=" + filepath.Join(t.TempDir(), "config"), "XDG_DATA_HOME=" + filepath.Join(t.TempDir(), "client"),
	}, "declare", "Checkout returns 502", "--detach", "-o", "json").Stdout
	if err := json.Unmarshal([]byte(stdout), &declared); err != nil {
		t.Fatalf("declare: %v in %s", err, stdout)
	}
	s.Do(t, "role", declared.Incident, "scribe", name)
	return declared.Incident
}

// eraseKilledAt erases a person; the process dies at a point of it and is started
// again.
func eraseKilledAt(t *testing.T, s *system.System, name, point string) {
	t.Helper()
	var person struct{ ID string }
	s.JSON(t, &person, "get", "person", name)
	s.Stop(t)
	s.Env("BRIDGELOG_FAILPOINTS=" + point + "=kill")
	s.Start(t)
	if r := s.Try(t, "delete", "person", name, "--erase", "--yes"); r.Code == 0 {
		t.Fatalf("%s: it was answered although the process had to die: %s", point, r)
	}
	if err := s.Wait(t); err == nil {
		t.Fatalf("%s: the process ended cleanly", point)
	}
	s.Env("")
	s.Start(t)
	s.Do(t, "delete", "person", person.ID, "--erase", "--yes")
}

// isFormer looks for an erased person in every view.
func isFormer(t *testing.T, s *system.System, incident, before string) {
	for _, args := range [][]string{
		{"show", incident},
		{"timeline", incident},
		{"postmortem", incident},
		{"show", incident, "--known-at", before},
		{"export", incident},
		{"get", "all"},
		{"get", "all", "--known-at", before},
		{"history", "team", "ops"},
		{"deliveries", "list", "-o", "json"},
		{"list"},
	} {
		if out := s.Do(t, args...); strings.Contains(out, somebody) {
			t.Errorf("%v still has them:\n%s", args, out)
		}
	}
	for _, args := range [][]string{{"show", incident}, {"timeline", incident}, {"postmortem", incident}} {
		if out := s.Do(t, args...); !strings.Contains(out, "former member") {
			t.Errorf("%v does not say that somebody is gone:\n%s", args, out)
		}
	}
	eventually(t, "what was delivered is written anew", func() bool {
		var listed struct{ Deliveries []struct{ ID json.Number } }
		s.JSON(t, &listed, "deliveries", "list")
		for _, d := range listed.Deliveries {
			if strings.Contains(s.Do(t, "deliveries", "show", d.ID.String(), "-o", "json"), somebody) {
				return false
			}
		}
		return len(listed.Deliveries) > 0
	})
}

package cli_test

import (
	"bytes"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/cli"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
)

// TestClumsyUse holds that each mistake ends with one sentence that helps.
func TestClumsyUse(t *testing.T) {
	s := newShell(t)
	cases := []struct {
		code int
		say  string
		args string
	}{
		{2, "did you mean `bridgelog declare`?", "declar x"},
		{2, "did you mean `bridgelog timeline`?", "timline"},
		{2, "unknown command \"frobnicate\"", "frobnicate"},
		{2, "did you mean --severity?", "declare x --severty 1"},
		{2, "unknown shorthand flag", "declare x -z"},
		{2, "what is wrong?", "declare"},
		{2, "unknown severity \"huge\"", "declare x -s huge"},
		{2, "lies in the future", "declare x --occurred-at 2999-01-01T00:00:00Z"},
		{2, "unknown time \"soon\"", "declare x --occurred-at soon"},
		{2, "which incident?", "ack"},
		{2, "\"checkout\" names no incident", "ack checkout"},
		{2, "which incident?", "update"},
		{2, "something is missing", "severity INC-1"},
		{2, "unknown severity \"nine\"", "severity INC-1 nine"},
		{2, "use `bridgelog resolve INC-1`", "status 1 resolved"},
		{2, "use `bridgelog cancel INC-1`", "status 1 cancelled"},
		{2, "name the person", "role INC-1 commander"},
		{2, "unknown role", "role INC-1 king ada"},
		{2, "say why it is cancelled", "cancel INC-1"},
		{2, "into which incident?", "merge INC-1"},
		{2, "cannot be merged into itself", "merge INC-1 --into 1"},
		{2, "which component?", "impact set INC-1"},
		{2, "is not COMPONENT=STATE", "impact set INC-1 api"},
		{2, "unknown component status", "impact set INC-1 api=fine"},
		{2, "say what to do", "impact"},
		{2, "say what to do", "hypothesis"},
		{2, "cannot be related to itself", "relate INC-1 1"},
		{2, "names no incident", "relate INC-1 that"},
		{2, "cannot be related to itself", "unrelate INC-1 1"},
		{2, "unknown trend", "assess INC-1 terrible"},
		{2, "rolling back is the default", "decide INC-1 fix-forward"},
		{2, "is not ITEM=yes", "decide INC-1 rollback --check deploy"},
		{2, "--at: unknown time", "impact start INC-1 --at soon"},
		{2, "what is hit?", "blast INC-1"},
		{2, "something is missing", "hypothesis test INC-1 H1"},
		{2, "names no hypothesis", "hypothesis confirm INC-1 pool --reason x"},
		{2, "why? bridgelog hypothesis confirm INC-1 H1 --reason", "hypothesis confirm INC-1 H1"},
		{2, "something is missing", "hypothesis add INC-1"},
		{2, "did you mean `bridgelog impact set`?", "impact sett"},
		{2, "what do customers read? --status", "publish INC-1"},
		{2, "\"x\" is no value: write --set name=value", "publish INC-1 --status monitoring --set x"},
		{2, "is no entry", "pin INC-1 first"},
		{2, "why? --code", "redact INC-1 3"},
		{2, "unknown output format", "list -o xml"},
		{2, "choose one of --known-at and --happened-at", "show INC-1 --known-at 14:05 --as-happened-at 14:05"},
		{2, "--limit must be at least 1", "list --limit 0"},
		{2, "--speed must be above 0", "replay INC-1 --speed 0"},
		{2, "which kind?", "get"},
		{2, "unknown kind \"thing\"", "get thing"},
		{2, "what may it do?", "token create x"},
		{2, "which files?", "apply"},
		{2, "no such file", "apply -f /does/not/exist.yaml"},
		{2, "no such file", "import timeline /does/not/exist.jsonl"},
		{3, "no such file", "verify /does/not/exist.jsonl"},
		{2, "which system?", "context add prod"},
		{2, "no such context", "context use prod"},
		{2, "no such context", "list --context prod"},
		{2, "not a server address", "list --server ftp://x"},
		{5, "start it with `bridgelog up`", "list"},
		{5, "start it with `bridgelog up`", "ack INC-1"},
	}
	for _, c := range cases {
		s.fails(c.code, c.say, strings.Fields(c.args)...)
	}
}

func TestErrorsForScripts(t *testing.T) {
	s := newShell(t)
	r := s.run("-o", "json", "declare", "x", "-s", "huge")
	body, ok := s.decode(r.out)["error"].(map[string]any)
	if !ok || r.code != 2 || body["code"] != "usage" || body["field"] != "severity" || body["reason"] != "unknown_severity" {
		t.Errorf("exit %d: %s", r.code, r.out)
	}
	r = s.run("declar", "--output=json")
	if body, ok = s.decode(r.out)["error"].(map[string]any); !ok || body["code"] != "usage" {
		t.Errorf("unknown command: %s", r.out)
	}
}

func TestVersionAndSeverities(t *testing.T) {
	s := newShell(t)
	if v := s.json("version"); v["version"] != "test" {
		t.Errorf("version %v", v)
	}
	if r := s.ok("severities"); !strings.Contains(r.out, "SEV-1") || !strings.Contains(r.out, "triage") {
		t.Errorf("severities:\n%s", r.out)
	}
}

func TestContexts(t *testing.T) {
	sys := start(t)
	s := newShell(t)
	s.ok("context", "add", "prod", "--server", sys.address, "--token", sys.token)
	if v := s.json("whoami"); v["person"] != "root" || v["role"] != "admin" || v["system"] != "prod" {
		t.Errorf("whoami %v", v)
	}
	if r := s.ok("context", "list"); strings.Contains(r.out, sys.token) || !strings.Contains(r.out, "prod") {
		t.Errorf("list shows the token or not the context:\n%s", r.out)
	}
	s.ok("context", "use", "local")
	s.fails(5, "start it with `bridgelog up`", "whoami")
	s.ok("whoami", "--context", "prod")
	s.ok("--context", "prod", "whoami")
	s.fails(4, "give a valid token", "whoami", "--context", "prod", "--token", "wrong")
	s.ok("context", "delete", "prod")
	s.fails(2, "no such context", "whoami", "--context", "prod")
}

func TestLogin(t *testing.T) {
	sys := start(t)
	s := newShell(t)
	s.in = "wrong\n"
	s.fails(4, "give a valid token", "login", sys.address)
	s.in = sys.token + "\n"
	if r := s.ok("login", sys.address, "--name", "here"); !strings.Contains(r.err, "root") {
		t.Errorf("login says %q", r.err)
	}
	s.ok("whoami")
	s.in = "\n"
	s.fails(2, "no token was given", "login", sys.address)
}

func TestUse(t *testing.T) {
	s := newShell(t).on(start(t))
	s.ok("declare", "One")
	s.ok("declare", "Two")
	s.ok("use", "2")
	if v := s.json("ack"); v["incident"] != "INC-2" {
		t.Errorf("acknowledged %v", v["incident"])
	}
	s.ok("severity", "2")
	s.env["BRIDGELOG_INCIDENT"] = "1"
	if v := s.json("update", "Checking", "the", "pool"); v["incident"] != "INC-1" {
		t.Errorf("updated %v", v["incident"])
	}
	delete(s.env, "BRIDGELOG_INCIDENT")
	if r := s.ok("use"); r.out != "INC-2\n" {
		t.Errorf("use says %q", r.out)
	}
	s.ok("use", "--none")
	s.fails(2, "which incident?", "ack")
}

// TestSpool declares while nothing answers and finds the incident afterwards.
func TestSpool(t *testing.T) {
	s := newShell(t)
	r := s.run("declare", "Checkout returns 502", "-s", "1", "--request-id", "night-1", "-o", "json")
	s.waitedAtMost(time.Second)
	body, ok := s.decode(r.out)["error"].(map[string]any)
	if !ok || r.code != 5 || body["reason"] != "kept" || body["request_id"] != "night-1" || !strings.Contains(r.err, "kept on disk") {
		t.Fatalf("exit %d: %s%s", r.code, r.out, r.err)
	}
	s.on(start(t))
	r = s.ok("whoami")
	if !strings.Contains(r.err, "INC-1 Checkout returns 502") {
		t.Errorf("the next command says %q", r.err)
	}
	if r = s.ok("whoami"); r.err != "" {
		t.Errorf("sent again: %q", r.err)
	}
}

// TestRepeatingAKeptDeclaration repeats it by hand, before and after the system
// answers: it is one incident.
func TestRepeatingAKeptDeclaration(t *testing.T) {
	s := newShell(t)
	for range 2 {
		s.fails(5, "kept on disk", "declare", "x", "--request-id", "night-1")
	}
	s.on(start(t))
	if v := s.json("declare", "x", "--request-id", "night-1"); v["incident"] != "INC-1" {
		t.Errorf("repeated: %v", v)
	}
	if v := s.json("declare", "y"); v["incident"] != "INC-2" {
		t.Errorf("the next one: %v", v)
	}
}

// TestSendKept does what `up` does when it is ready.
func TestSendKept(t *testing.T) {
	s := newShell(t)
	s.fails(5, "kept on disk", "declare", "x")
	s.on(start(t))
	var told bytes.Buffer
	d := s.deps(nil, &told)
	if err := cli.SendKept(t.Context(), d, s.dataDir()); err != nil || !strings.Contains(told.String(), "INC-1 x") {
		t.Errorf("%v: %q", err, told.String())
	}
}

// TestSpoolAtDeadAddress waits no longer than a second for a port where nobody
// answers at all.
func TestSpoolAtDeadAddress(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	s := newShell(t)
	content := `{"grpc": "` + listener.Addr().String() + `"}`
	if err := client.WriteFile(filepath.Join(s.dataDir(), client.EndpointsFile), []byte(content)); err != nil {
		t.Fatal(err)
	}
	s.fails(5, "kept on disk", "declare", "x")
	s.waitedAtMost(time.Second)
}

// TestASlowSystemIsWaitedFor: a system that takes connections and is slow to answer
// is waited for, but by declare, which keeps the declaration.
func TestASlowSystemIsWaitedFor(t *testing.T) {
	slow := system{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	whole := start(t)
	slow.address, slow.token = listener.Addr().String(), whole.token
	s := newShell(t).on(slow)
	s.fails(5, "kept on disk", "declare", "Slow")
	s.connecting = func() {
		if len(s.waits) == 3 { // the second time that whoami tries
			go forward(listener, whole.address)
		}
	}
	if r := s.ok("whoami"); len(s.waits) != 3 || !strings.Contains(r.err, "INC-1 Slow") {
		t.Errorf("after %v: %s%s", s.waits, r.out, r.err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
}

// forward lets what connects to a listener reach an address until it is closed.
func forward(listener net.Listener, address string) {
	for {
		from, err := listener.Accept()
		if err != nil {
			return
		}
		to, err := net.Dial("tcp", address)
		if err != nil {
			_ = from.Close()
			continue
		}
		for _, pair := range [][2]net.Conn{{from, to}, {to, from}} {
			go func() {
				_, _ = io.Copy(pair[0], pair[1])
				_ = pair[0].Close()
			}()
		}
	}
}

// waitedAtMost fails unless all commands together were willing to wait for
// connections no longer than that. The machine's own time is not measured.
func (s *shell) waitedAtMost(limit time.Duration) {
	s.t.Helper()
	var all time.Duration
	for _, one := range s.waits {
		all += one
	}
	if len(s.waits) == 0 || all > limit {
		s.t.Errorf("it waited for %v", s.waits)
	}
}

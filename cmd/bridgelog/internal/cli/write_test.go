package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLifeOfAnIncident walks an incident through every write.
func TestLifeOfAnIncident(t *testing.T) {
	s := newShell(t).on(start(t))
	s.in = "kind: Person\nname: ada\nspec: {display_name: Ada, email: ada@example.com, role: responder}\n"
	s.ok("apply", "-f", "-")

	v := s.json("declare", "Checkout returns 502", "-s", "sev1", "--service", "checkout")
	if v["incident"] != "INC-1" || v["system"] != "this machine" || v["request_id"] == "" || v["replayed"] != false {
		t.Fatalf("declared %v", v)
	}
	for _, step := range []struct{ args, say string }{
		{"ack 1 I look at the pool", "INC-1 acknowledged"},
		{"ack 1", "it was so already"},
		{"role INC-1 commander ada@example.com", "commander is ada@example.com"},
		{"take inc-1 scribe", "has you as scribe"},
		{"status 1 identified --reason pool", "is identified"},
		{"severity 1 SEV-2 --reason smaller", "is SEV-2"},
		{"note 1 a thought --pin --label hypothesis", "note added and pinned"},
		{"update 1 Checking the pool --occurred-at -1m", "update posted"},
		{"impact set 1 api=partial_outage --component web=degraded", "impact is web degraded performance, api partial outage"},
		{"publish 1 --status investigating --message looking --next-update 30m --yes", "published"},
		{"edit 1 9 a better thought", "entry 9 edited"},
		{"pin 1 3", "entry 3 pinned"},
		{"pin 1 3 --release", "entry 3 let go"},
		{"hide 1 3", "entry 3 hidden"},
		{"hide 1 3 --show", "entry 3 shown again"},
		{"redact 1 9 --code secret --yes", "entry 9 redacted"},
		{"handover 1 commander me all is quiet", "commander handed over to me"},
		{"role 1 scribe --release", "has no scribe"},
		{"take scribe INC-1", "has you as scribe"},
		{"mitigate 1 rolled back", "mitigated"},
		{"resolve 1 it holds", "resolved"},
		{"reopen 1 it does not", "reopened"},
		{"resolve 1", "resolved"},
		{"close 1", "closed"},
	} {
		r := s.run(strings.Fields(step.args)...)
		if r.code != 0 || !strings.Contains(r.out, step.say) {
			t.Errorf("bridgelog %s: exit %d: %s%s; want %q", step.args, r.code, r.out, r.err, step.say)
		}
	}
	s.ok("declare", "Another", "--detach")
	s.ok("merge", "2", "--into", "1")
	s.ok("declare", "A third")
	s.ok("cancel", "3", "--reason", "false alarm")
}

func TestRefusals(t *testing.T) {
	s := newShell(t).on(start(t))
	s.ok("declare", "x")
	s.ok("resolve", "1")
	s.fails(1, "resolved already", "resolve", "1")
	s.fails(3, "no such incident", "ack", "9")
	if r := s.run("publish", "1", "--status", "monitoring", "--message", "All is well?"); r.code != 2 ||
		!strings.Contains(r.err, "All is well?") || !strings.Contains(r.err, "--yes") {
		t.Errorf("publish with nobody there: exit %d: %s", r.code, r.err)
	}
	s.fails(1, "", "ack", "1", "--etag", "stale")
	v := s.decode(s.run("resolve", "1", "-o", "json").out)
	body, ok := v["error"].(map[string]any)
	if !ok || body["code"] != "refused" || body["reason"] != "already_resolved" {
		t.Errorf("refusal for scripts: %v", v)
	}
}

func TestRequestIDRepeats(t *testing.T) {
	s := newShell(t).on(start(t))
	first := s.json("declare", "x", "--request-id", "once")
	again := s.json("declare", "x", "--request-id", "once")
	if again["replayed"] != true || again["incident_id"] != first["incident_id"] {
		t.Errorf("again: %v", again)
	}
	s.fails(1, "", "declare", "y", "--request-id", "once")
	if r := s.ok("declare", "x", "--request-id", "once"); !strings.Contains(r.out, "done before under this request id") {
		t.Errorf("for eyes: %s", r.out)
	}
}

func TestTextFromInput(t *testing.T) {
	s := newShell(t).on(start(t))
	s.ok("declare", "x")
	s.in = "two\nlines\n"
	s.ok("update", "1", "-")
	s.ok("publish", "1", "--status", "monitoring", "--message", "-", "--yes")
}

// Files are read side by side; what is wrong with them is told in their order.
func TestProblemsOfSeveralFiles(t *testing.T) {
	s := newShell(t).on(start(t))
	dir := t.TempDir()
	for n := range 40 {
		text := fmt.Sprintf("kind: Service\nname: s%d\nspec: {descripton: wrong}\n", n)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.yaml", n)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said := s.fails(2, "nothing was applied", "apply", "-f", dir).err
	at := -1
	for n := range 40 {
		next := strings.Index(said, fmt.Sprintf("%02d.yaml:3: service/s%d: ", n, n))
		if next <= at {
			t.Fatalf("file %d stands at %d, after %d:\n%s", n, next, at, said)
		}
		at = next
	}
}

func TestResources(t *testing.T) {
	s := newShell(t).on(start(t))
	dir := t.TempDir()
	file := filepath.Join(dir, "a.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("kind: Service\nname: checkout\nspec: {description: Pays}\n---\nkind: Component\nname: api\nspec: {display_name: API}\n")
	if r := s.ok("apply", "-f", dir, "--dry-run"); !strings.Contains(r.out, "would create service/checkout") {
		t.Errorf("dry run: %s", r.out)
	}
	s.fails(3, "", "get", "service", "checkout")
	s.ok("apply", "-f", dir)
	if r := s.ok("apply", "-f", dir); !strings.Contains(r.out, "all is so already") {
		t.Errorf("again: %s", r.out)
	}
	if r := s.ok("get", "services"); !strings.Contains(r.out, "description=Pays") {
		t.Errorf("get: %s", r.out)
	}
	s.in = s.ok("get", "all", "-o", "yaml").out
	if i := strings.Index(s.in, "kind: token"); i < 0 {
		t.Errorf("get all shows no token:\n%s", s.in)
	}
	s.in = s.ok("get", "service", "-o", "yaml").out
	if r := s.ok("apply", "-f", "-"); !strings.Contains(r.out, "all is so already") {
		t.Errorf("what was read, applied again: %s", r.out)
	}
	write("kind: Service\nname: checkout\nspec: {descripton: Pays}\n")
	s.fails(2, "a.yaml:3: service/checkout: unknown field", "apply", "-f", dir)
	write("kind: Service\nname: checkout\nspec: {description: Pays}\n")
	if r := s.run("delete", "service", "checkout"); r.code != 2 || !strings.Contains(r.err, "Pays") || !strings.Contains(r.err, "--yes") {
		t.Errorf("delete with nobody there: exit %d: %s", r.code, r.err)
	}
	s.ok("delete", "component", "api", "--yes")
	s.fails(3, "", "get", "component", "api")
	s.terminal, s.in = true, "n\n"
	if r := s.run("delete", "service", "checkout"); r.code != 1 || !strings.Contains(r.err, "nothing was done") {
		t.Errorf("answered no: exit %d: %s", r.code, r.err)
	}
	s.in = "y\n"
	s.ok("delete", "service", "checkout")
}

func TestPruneAsks(t *testing.T) {
	s := newShell(t).on(start(t))
	s.in = "kind: Service\nname: a\n---\nkind: Service\nname: b\n"
	s.ok("apply", "-f", "-")
	s.in = "kind: Service\nname: a\n"
	if r := s.run("apply", "-f", "-", "--prune"); r.code != 2 || !strings.Contains(r.err, "would delete service/b") {
		t.Errorf("nobody there: exit %d: %s", r.code, r.err)
	}
	if r := s.ok("apply", "-f", "-", "--prune", "--yes"); !strings.Contains(r.out, "deleted service/b") {
		t.Errorf("pruned: %s", r.out)
	}
}

func TestTokens(t *testing.T) {
	s := newShell(t).on(start(t))
	v := s.json("token", "create", "ci", "--role", "viewer", "--expires", "90d", "--description", "builds")
	secret, ok := v["token"].(string)
	if !ok || secret == "" {
		t.Fatalf("created %v", v)
	}
	if r := s.ok("whoami", "--token", secret); !strings.Contains(r.out, "as viewer") {
		t.Errorf("whoami: %s", r.out)
	}
	s.fails(4, "", "declare", "x", "--token", secret)
	if r := s.ok("token", "list"); !strings.Contains(r.out, "builds") || strings.Contains(r.out, secret) {
		t.Errorf("list: %s", r.out)
	}
	s.ok("token", "revoke", "ci", "--yes")
	s.fails(4, "give a valid token", "whoami", "--token", secret)
}

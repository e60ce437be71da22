package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestServicesComeFromBackstage(t *testing.T) {
	s := newShell(t).on(start(t))
	dir := filepath.Join(s.home, "repos", "checkout")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "catalog-info.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("# ours\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: checkout, title: Checkout}\nspec: {owner: payments, dependsOn: [\"component:gone\"]}\n")
	repos := filepath.Join(s.home, "repos")
	s.fails(2, file+`:2: checkout is owned by "payments", and there is no such team`, "import", "backstage", repos)
	if v := s.json("import", "backstage", repos, "--create-teams", "--dry-run"); len(v["changes"].([]any)) != 2 || v["dry_run"] != true {
		t.Errorf("a dry run says %v", v)
	}
	if r := s.run("import", "backstage", repos, "--create-teams"); r.code != 2 || !strings.Contains(r.err, "would create service/checkout") {
		t.Errorf("unasked: %d %s", r.code, r.err)
	}
	s.fails(3, "there is no service", "get", "service", "checkout")
	if v := s.json("import", "backstage", repos, "--create-teams", "--yes"); len(v["changes"].([]any)) != 2 || len(v["warnings"].([]any)) != 2 {
		t.Errorf("it says %v", v)
	}
	if r := s.ok("get", "service", "checkout"); !strings.Contains(r.out, "payments") {
		t.Errorf("the service:\n%s", r.out)
	}
	if r := s.ok("import", "backstage", file); !strings.Contains(r.out, "Nothing to change") {
		t.Errorf("again:\n%s", r.out)
	}
	write("kind: Service\nname: a\n")
	s.fails(2, "no descriptor of Backstage", "import", "backstage", file)
	s.fails(2, "no such file", "import", "backstage", filepath.Join(s.home, "nowhere"))
	s.fails(2, "holds no catalog-info.yaml", "import", "backstage", t.TempDir())
}

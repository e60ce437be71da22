package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/test/system"
)

// unhurried is how long a client waits that asks much of a machine which others use:
// how fast an answer comes is for benchmarks to say.
const unhurried = "2m"

// applied is what `apply -o json` answers.
type applied struct {
	Changes []struct{ Change, Kind, Name string }
}

// file writes a file of a folder and returns its path.
func file(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// company is a catalog of 10,000 resources: people, teams that stand below each
// other, and services in a chain of dependencies.
func company() string {
	const people, teams, services = 3500, 500, 6000
	var b strings.Builder
	for i := range people {
		fmt.Fprintf(&b, "---\nkind: Person\nname: p%d\nspec: {email: p%d@example.org, role: responder}\n", i, i)
	}
	for i := range teams {
		parent := ""
		if i > 0 {
			parent = fmt.Sprintf(", parent: t%d", i/10)
		}
		fmt.Fprintf(&b, "---\nkind: Team\nname: t%d\nspec: {members: [p%d, p%d]%s}\n", i, i, i+teams, parent)
	}
	for i := range services {
		needs := ""
		if i > 0 {
			needs = fmt.Sprintf(", depends_on: [s%d]", i-1)
		}
		fmt.Fprintf(&b, "---\nkind: Service\nname: s%d\nspec: {owner: t%d, tier: %d%s}\n", i, i%teams, i%5+1, needs)
	}
	return b.String()
}

func TestACatalogOfTenThousand(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	path := file(t, t.TempDir(), "company.yaml", company())
	for round, want := range []int{10_000, 0} {
		var a applied
		start := time.Now()
		s.JSON(t, &a, "apply", "-f", path, "--timeout", unhurried)
		t.Logf("apply %d took %v", round+1, time.Since(start))
		if len(a.Changes) != want {
			t.Errorf("apply %d made %d changes, want %d", round+1, len(a.Changes), want)
		}
	}
	var pruned applied
	few := file(t, t.TempDir(), "few.yaml", "kind: Service\nname: s0\nspec: {tier: 1}\n")
	s.JSON(t, &pruned, "apply", "-f", few, "--prune", "--dry-run", "--timeout", unhurried)
	if len(pruned.Changes) != 10_000 { // one is changed, the others would go
		t.Errorf("a prune would make %d changes", len(pruned.Changes))
	}
}

// Two applies at once leave the catalog as one of them wants it, not as a mixture.
func TestTwoAppliesAtOnce(t *testing.T) {
	t.Parallel()
	const shared, rounds = 1300, 3 // more than one batch
	s := system.Up(t, system.Options{})
	dir := t.TempDir()
	paths := map[string]string{}
	for _, who := range []string{"left", "right"} {
		var b strings.Builder
		for i := range shared {
			fmt.Fprintf(&b, "---\nkind: Service\nname: s%d\nspec: {description: %s}\n", i, who)
		}
		paths[who] = file(t, dir, who+".yaml", b.String())
	}
	for round := range rounds {
		var running sync.WaitGroup
		for who, path := range paths {
			running.Go(func() {
				// A loser may be told of the conflict; nothing else may go wrong.
				if r := s.Try(t, "apply", "-f", path, "--timeout", unhurried); r.Code > 1 {
					t.Errorf("%s: %s", who, r)
				}
			})
		}
		running.Wait()
		var got struct {
			Resources []struct{ Spec struct{ Description string } }
		}
		s.JSON(t, &got, "get", "services")
		count := map[string]int{}
		for _, r := range got.Resources {
			count[r.Spec.Description]++
		}
		if len(count) != 1 || count["left"]+count["right"] != shared {
			t.Errorf("round %d: %v", round, count)
		}
	}
}

// Whatever is wrong with one file of a folder, nothing of the folder is applied, and
// the answer names the place.
func TestHostileFilesApplyNothing(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	laughs := "kind: Service\nname: lol\nspec:\n  depends_on: &a0 [lol, lol]\n"
	for i := 1; i < 40; i++ {
		laughs += fmt.Sprintf("  x%d: &a%d [*a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1)
	}
	for name, c := range map[string]struct{ content, say string }{
		"not YAML":           {"kind: Service\nname: [a\n", "bad.yaml:"},
		"an unknown kind":    {"\nkind: Servise\nname: a\n", "bad.yaml:2: unknown kind \"Servise\""},
		"an unknown field":   {"kind: Service\nname: a\nspec:\n  ownr: x\n", "bad.yaml:4: service/a: unknown field \"ownr\""},
		"a dangling name":    {"kind: Service\nname: a\nspec:\n  tier: 1\n  owner: nobody\n", "bad.yaml:5: service/a: spec.owner: there is no team \"nobody\""},
		"a circle":           {"kind: Service\nname: a\nspec: {depends_on: [good]}\n---\nkind: Service\nname: good\nspec: {depends_on: [a]}\n", "good.yaml"},
		"a name twice":       {"kind: Service\nname: good\n", "stands in "},
		"billions of laughs": {laughs, "bad.yaml:"},
		"a megabyte":         {"kind: Service\nname: a\nspec: {description: " + strings.Repeat("x", 1<<20) + "}\n", "bad.yaml:3: service/a: spec.description"},
		"a deep document":    {"kind: Service\nname: a\nspec: " + strings.Repeat("[", 100_000), "bad.yaml"},
		"a secret":           {"kind: Integration\nname: a\nspec:\n  type: slack\n  secrets: {token: xoxb-1}\n", "bad.yaml:5: integration/a: spec.secrets[\"token\"]: a secret is named and never written down"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file(t, dir, "good.yaml", "kind: Service\nname: good\nspec: {description: fine}\n")
			file(t, dir, "bad.yaml", c.content)
			for _, more := range [][]string{{"--dry-run"}, nil} {
				r := s.Try(t, append([]string{"apply", "-f", dir}, more...)...)
				if r.Code != 2 || !strings.Contains(r.Stderr, c.say) || len(r.Stderr) > 10_000 {
					t.Errorf("apply %v: exit %d: %.2000s\nwant 2 and %q", more, r.Code, r.Stderr, c.say)
				}
			}
		})
	}
	if got := s.Do(t, "get", "services"); !strings.Contains(got, "No resources") {
		t.Errorf("something was applied:\n%s", got)
	}
}

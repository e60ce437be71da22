package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Apply measures `bridgelog apply` of a company's catalog of many resources, from the
// start of the command to its end: first all new, then with nothing to change.
// The limit is the same bytes appended to JetStream in batches.
func Apply(ctx context.Context, resources int) (Report, error) {
	r := Report{
		Bench: "apply", Params: map[string]any{"resources": resources}, Notes: map[string]float64{},
		LimitIs: "the same bytes appended straight to the embedded JetStream, fsync on, in batches of as many messages",
	}
	dir, remove, err := workspace()
	if err != nil {
		return r, err
	}
	defer remove()
	first, err := r.applyOurs(ctx, dir, resources)
	if err != nil {
		return r, err
	}
	batches, err := storedBatches(ctx, dir, "catalog.")
	if err != nil {
		return r, err
	}
	elapsed, err := appendBatches(ctx, batches)
	if err != nil {
		return r, err
	}
	r.Ours, r.Limit = rateOnly(resources, first), rateOnly(resources, elapsed)
	r.byRate()
	return r, nil
}

// applyOurs runs the command, then again some times, and notes how long it took.
func (r *Report) applyOurs(ctx context.Context, dir string, resources int) (first time.Duration, err error) {
	system, err := start(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer system.stop()
	files := filepath.Join(dir, "company")
	if err := writeCompany(files, resources); err != nil {
		return 0, err
	}
	if first, err = applyOnce(ctx, dir, files, resources); err != nil {
		return 0, err
	}
	const repetitions = 3
	again := make([]time.Duration, repetitions)
	for i := range again {
		if again[i], err = applyOnce(ctx, dir, files, 0); err != nil {
			return 0, err
		}
	}
	slices.Sort(again)
	r.Notes["first_seconds"], r.Notes["again_seconds"] = first.Seconds(), again[repetitions/2].Seconds()
	return first, nil
}

// applyOnce runs the command, which has to make so many changes.
func applyOnce(ctx context.Context, dir, files string, changes int) (time.Duration, error) {
	binary, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("find our own binary: %w", err)
	}
	command := exec.CommandContext(ctx, binary, "apply", "-f", files, "--data-dir", dir, "-o", "json") //nolint:gosec // Ourselves.
	begin := time.Now()
	answer, err := command.Output()
	elapsed := time.Since(begin)
	if err != nil {
		return 0, fmt.Errorf("apply: %w: %s", err, answer)
	}
	var report struct{ Changes []json.RawMessage }
	if err := json.Unmarshal(answer, &report); err != nil {
		return 0, fmt.Errorf("read the answer of apply: %w", err)
	}
	if len(report.Changes) != changes {
		return 0, fmt.Errorf("apply made %d changes, not %d", len(report.Changes), changes)
	}
	return elapsed, nil
}

// perFile is how many resources stand in one file, as teams keep them.
const perFile = 100

// writeCompany writes the files of a company with so many resources.
func writeCompany(dir string, resources int) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("make a company: %w", err)
	}
	documents := companyDocuments(resources)
	for n := 0; len(documents) > 0; n++ {
		some := documents[:min(perFile, len(documents))]
		documents = documents[len(some):]
		path := filepath.Join(dir, fmt.Sprintf("%05d.yaml", n))
		if err := os.WriteFile(path, []byte(strings.Join(some, "---\n")), 0o600); err != nil {
			return fmt.Errorf("make a company: %w", err)
		}
	}
	return nil
}

// companyDocuments are people (35 in 100), teams below each other (5), and services in a
// long chain of dependencies, each with an owner.
func companyDocuments(resources int) []string {
	teams := max(resources/20, 1)
	people := max(resources*35/100, 1)
	documents := make([]string, 0, resources)
	for n := range resources {
		var b strings.Builder
		switch i := n - people - teams; {
		case n < people:
			fmt.Fprintf(&b, "kind: Person\nname: p%d\nspec:\n  email: p%d@example.org\n  role: responder\n", n, n)
		case i < 0:
			team := n - people
			fmt.Fprintf(&b, "kind: Team\nname: t%d\nspec:\n  members: [p%d, p%d]\n", team, team%people, (team*7+1)%people)
			if team > 0 {
				fmt.Fprintf(&b, "  parent: t%d\n", team/10)
			}
		default:
			fmt.Fprintf(&b, "kind: Service\nname: s%d\nspec:\n  owner: t%d\n  tier: %d\n", i, i%teams, i%5+1)
			if i > 0 {
				fmt.Fprintf(&b, "  depends_on: [s%d]\n", i-1)
			}
		}
		documents = append(documents, b.String())
	}
	return documents
}

package private

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Binaries is an installation of PostgreSQL's server.
type Binaries struct {
	// Dir holds initdb and postgres.
	Dir string
	// Major is the major version, for example 17.
	Major int
}

// oldest is the first major version that our SQL runs on.
const oldest = 13

// FindBinaries returns the installations that can be used, best first: the given
// directories in their order, then PATH, then the usual places with the newest
// version first. A given directory may hold the binaries, have them in "bin", or
// be a package @embedded-postgres/<platform>, whose missing symbolic links are
// restored. It returns [ErrNoBinaries] when there are none.
func FindBinaries(ctx context.Context, dirs ...string) ([]Binaries, error) {
	var found []Binaries
	for _, dir := range candidates(dirs) {
		if !executable(filepath.Join(dir, "initdb")) || !executable(filepath.Join(dir, "postgres")) {
			continue
		}
		if slices.ContainsFunc(found, func(b Binaries) bool { return b.Dir == dir }) {
			continue
		}
		major, err := version(ctx, dir)
		if err != nil || major < oldest {
			continue
		}
		found = append(found, Binaries{Dir: dir, Major: major})
	}
	if len(found) == 0 {
		return nil, ErrNoBinaries
	}
	return found, nil
}

// candidates lists directories that may hold the binaries. Packages among them
// are made complete on the way.
func candidates(given []string) []string {
	var dirs []string
	for _, dir := range given {
		if dir == "" {
			continue
		}
		// A package that cannot be completed shows when its binaries are asked
		// for their version.
		_ = restoreLinks(dir)
		dirs = append(dirs, dir, filepath.Join(dir, "bin"), filepath.Join(dir, "native", "bin"))
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if program, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(program))
		}
	}
	for _, pattern := range usualPlaces() {
		places, _ := filepath.Glob(pattern)
		slices.SortFunc(places, func(a, b string) int { return digits(b) - digits(a) })
		dirs = append(dirs, places...)
	}
	return dirs
}

func usualPlaces() []string {
	return []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/usr/local/pgsql/bin",
		"/opt/homebrew/opt/postgresql*/bin",
		"/usr/local/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	}
}

// digits returns the first number in a path, to sort versions.
func digits(path string) int {
	n, err := strconv.Atoi(regexp.MustCompile(`\d+`).FindString(path))
	if err != nil {
		return 0
	}
	return n
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

// version asks the server program for its major version.
func version(ctx context.Context, dir string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output() //nolint:gosec // The directory is the operator's choice or a system directory.
	if err != nil {
		return 0, fmt.Errorf("ask %s for its version: %w", dir, err)
	}
	match := regexp.MustCompile(`PostgreSQL\) (\d+)`).FindSubmatch(out)
	if match == nil {
		return 0, fmt.Errorf("ask %s for its version: unexpected answer", dir)
	}
	return strconv.Atoi(string(match[1]))
}

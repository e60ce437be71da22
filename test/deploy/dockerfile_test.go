package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"

	"github.com/bridgelog/bridgelog/test/deploy"
)

func readDockerfile(t *testing.T) []deploy.Instruction {
	t.Helper()
	instructions, err := deploy.ReadDockerfile(filepath.Join("..", "..", "deploy", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	return instructions
}

// TestDockerfileCopiesWhatExists checks every source that is copied from the
// repository, and that the ignore file lets it through.
func TestDockerfileCopiesWhatExists(t *testing.T) {
	t.Parallel()
	ignore, err := os.ReadFile(filepath.Join("..", "..", ".dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	copied := 0
	for _, instruction := range readDockerfile(t) {
		if instruction.Name != "COPY" || instruction.Flag("from") != "" {
			continue
		}
		arguments := instruction.Arguments()
		for _, source := range arguments[:len(arguments)-1] {
			copied++
			if _, err := os.Stat(filepath.Join("..", "..", source)); err != nil {
				t.Errorf("copied but not there: %v", err)
			}
			top, _, _ := strings.Cut(source, "/")
			if !slices.Contains(strings.Split(string(ignore), "\n"), "!"+top) {
				t.Errorf("%s is copied, but .dockerignore keeps %s out", source, top)
			}
		}
	}
	if copied == 0 {
		t.Error("the image copies nothing")
	}
}

// TestDockerfileDownloadsForEveryModule finds a module that the binary needs and
// whose go.mod is not there when the image's build downloads dependencies.
func TestDockerfileDownloadsForEveryModule(t *testing.T) {
	t.Parallel()
	const module = "cmd/bridgelog"
	content, err := os.ReadFile(filepath.Join("..", "..", module, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := modfile.Parse("go.mod", content, nil)
	if err != nil {
		t.Fatal(err)
	}
	needed := []string{module}
	for _, replace := range file.Replace {
		needed = append(needed, filepath.Join(module, replace.New.Path))
	}

	var copied []string
	for _, instruction := range readDockerfile(t) {
		if instruction.Name == "RUN" {
			break // The first command downloads.
		}
		copied = append(copied, instruction.Arguments()...)
	}
	for _, dir := range needed {
		if !slices.Contains(copied, dir+"/go.mod") || !slices.Contains(copied, dir+"/go.sum") {
			t.Errorf("%s is needed, but its go.mod and go.sum are not copied first", dir)
		}
	}
}

func TestImageIsSmallAndUnprivileged(t *testing.T) {
	t.Parallel()
	instructions := readDockerfile(t)
	last := func(name string) []string {
		for _, instruction := range slices.Backward(instructions) {
			if instruction.Name == name {
				return instruction.Words
			}
		}
		return nil
	}
	if base := last("FROM"); !slices.Equal(base, []string{"scratch"}) {
		t.Errorf("the image stands on %v, want scratch", base)
	}
	if user := last("USER"); !slices.Equal(user, []string{"65532:65532"}) {
		t.Errorf("the image runs as %v", user)
	}
	if entry := last("ENTRYPOINT"); !slices.Equal(entry, []string{`["/usr/bin/bridgelog"]`}) {
		t.Errorf("the image starts %v", entry)
	}
}

// TestImageIsBuiltWithOurGo compares the builder's Go with the workspace's.
func TestImageIsBuiltWithOurGo(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join("..", "..", "go.work"))
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(string(content))
	base := readDockerfile(t)[0].Words[0]
	if version == nil || base != "golang:"+version[1] {
		t.Errorf("the image is built with %s, the workspace says go %v", base, version)
	}
}

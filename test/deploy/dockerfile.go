package deploy

import (
	"fmt"
	"os"
	"strings"
)

// Instruction is one instruction of a Dockerfile with its words. Flags such as
// --from=build are words too.
type Instruction struct {
	// Name is the instruction in capitals: COPY.
	Name string
	// Words are its arguments.
	Words []string
}

// Flag returns the value of --name=value, or an empty string.
func (i Instruction) Flag(name string) string {
	for _, word := range i.Words {
		if value, ok := strings.CutPrefix(word, "--"+name+"="); ok {
			return value
		}
	}
	return ""
}

// Arguments returns the words that are not flags.
func (i Instruction) Arguments() []string {
	var arguments []string
	for _, word := range i.Words {
		if !strings.HasPrefix(word, "--") {
			arguments = append(arguments, word)
		}
	}
	return arguments
}

// ReadDockerfile reads the instructions of a Dockerfile. Lines that a backslash
// continues are joined.
func ReadDockerfile(file string) ([]Instruction, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read Dockerfile: %w", err)
	}
	joined := strings.ReplaceAll(string(content), "\\\n", " ")
	var instructions []Instruction
	for line := range strings.Lines(joined) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		instructions = append(instructions, Instruction{Name: words[0], Words: words[1:]})
	}
	return instructions, nil
}

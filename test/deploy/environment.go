package deploy

import (
	"fmt"
	"regexp"
	"strings"
)

// reference is ${NAME}, ${NAME:-default} or ${NAME:?message}.
var reference = regexp.MustCompile(`\$\{(\w+)(?::([-?])([^}]*))?\}`)

// Expand puts variables into a value as compose does. A variable that is
// required (:?) and empty is an error.
func Expand(value string, variables map[string]string) (string, error) {
	var missing []string
	expanded := reference.ReplaceAllStringFunc(value, func(text string) string {
		match := reference.FindStringSubmatch(text)
		found := variables[match[1]]
		switch {
		case found != "":
			return found
		case match[2] == "?":
			missing = append(missing, match[1])
		case match[2] == "-":
			return match[3]
		}
		return ""
	})
	if len(missing) > 0 {
		return "", fmt.Errorf("expand %q: %s is not set", value, strings.Join(missing, ", "))
	}
	return expanded, nil
}

// Variables reads the lines NAME=value of an environment file; comments and
// empty lines are passed over.
func Variables(file string) map[string]string {
	variables := map[string]string{}
	for line := range strings.Lines(file) {
		name, value, found := strings.Cut(strings.TrimSpace(line), "=")
		if found && !strings.HasPrefix(name, "#") {
			variables[name] = value
		}
	}
	return variables
}

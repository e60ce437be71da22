package host

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// EnvironmentPrefix begins the name of the environment variable of every flag.
const EnvironmentPrefix = "BRIDGELOG_"

// environmentName is the variable of a flag: "nats-url" is BRIDGELOG_NATS_URL.
func environmentName(flag string) string {
	return EnvironmentPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// fillFlags sets the flags that were not given, from the environment and then
// from a YAML file of flag names and values; flag > environment > file >
// default. It returns where each value came from, by flag name.
func fillFlags(flags *pflag.FlagSet, file string) (map[string]string, error) {
	stored, err := readSettingsFile(flags, file)
	if err != nil {
		return nil, err
	}
	origins := map[string]string{}
	var problem error
	flags.VisitAll(func(flag *pflag.Flag) {
		if problem != nil {
			return
		}
		origins[flag.Name], problem = fillFlag(flags, flag, stored)
	})
	return origins, problem
}

func fillFlag(flags *pflag.FlagSet, flag *pflag.Flag, stored map[string]string) (string, error) {
	if flag.Changed {
		return "flag", nil
	}
	name := environmentName(flag.Name)
	if value, ok := os.LookupEnv(name); ok {
		if err := flags.Set(flag.Name, value); err != nil {
			return "", &SettingError{Setting: name, Problem: err.Error()}
		}
		return "environment", nil
	}
	if value, ok := stored[flag.Name]; ok {
		if err := flags.Set(flag.Name, value); err != nil {
			return "", &SettingError{Setting: flag.Name + " in the settings file", Problem: err.Error()}
		}
		return "file", nil
	}
	return "default", nil
}

// readSettingsFile reads a flat YAML mapping; an empty name is an empty file.
func readSettingsFile(flags *pflag.FlagSet, file string) (map[string]string, error) {
	if file == "" {
		return nil, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, &SettingError{Setting: "config", Problem: err.Error()}
	}
	values := map[string]string{}
	if err := yaml.Unmarshal(content, &values); err != nil {
		return nil, &SettingError{Setting: "config", Problem: fmt.Sprintf("%s is not a YAML mapping of settings to values: %v", file, err)}
	}
	for name := range values {
		if flags.Lookup(name) == nil {
			return nil, &SettingError{Setting: "config", Problem: fmt.Sprintf("%s names %q, which is not a setting", file, name)}
		}
	}
	return values, nil
}

// SettingError says which setting cannot be used and why. It never holds the
// value of a secret.
type SettingError struct {
	// Setting is the flag, variable or file that is wrong.
	Setting string
	// Problem is what is wrong with it.
	Problem string
}

// Error joins both into one sentence.
func (e *SettingError) Error() string {
	if strings.HasPrefix(e.Setting, EnvironmentPrefix) || strings.Contains(e.Setting, " ") {
		return e.Setting + ": " + e.Problem
	}
	return "--" + e.Setting + " " + e.Problem
}

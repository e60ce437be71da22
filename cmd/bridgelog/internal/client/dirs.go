package client

import (
	"fmt"
	"path/filepath"
)

// Dirs are the directories of a person's account, by the XDG rules.
type Dirs struct {
	// Config holds contexts.yaml and the export key of contexts.
	Config string
	// State holds what has to survive but is no configuration: kept
	// declarations, cached contacts, default incidents.
	State string
	// Data is the default data directory of `bridgelog up`.
	Data string
}

// FindDirs finds the directories from the environment: XDG_CONFIG_HOME,
// XDG_STATE_HOME and XDG_DATA_HOME, or their usual places below HOME.
// BRIDGELOG_DATA_DIR names the default data directory.
func FindDirs(getenv func(string) string) (Dirs, error) {
	home := getenv("HOME")
	place := func(variable, below string) (string, error) {
		if dir := getenv(variable); filepath.IsAbs(dir) {
			return filepath.Join(dir, "bridgelog"), nil
		}
		if home == "" {
			return "", fmt.Errorf("neither HOME nor %s is set", variable)
		}
		return filepath.Join(home, below, "bridgelog"), nil
	}
	var dirs Dirs
	var err error
	if dirs.Config, err = place("XDG_CONFIG_HOME", ".config"); err != nil {
		return Dirs{}, err
	}
	if dirs.State, err = place("XDG_STATE_HOME", ".local/state"); err != nil {
		return Dirs{}, err
	}
	if dirs.Data, err = place("XDG_DATA_HOME", ".local/share"); err != nil {
		return Dirs{}, err
	}
	if dir := getenv("BRIDGELOG_DATA_DIR"); dir != "" {
		dirs.Data = dir
	}
	return dirs, nil
}

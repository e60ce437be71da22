package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
)

// incidentName tells what names an incident: INC-41, 41, or a full id. Space
// around it and zeros before the number do no harm.
func incidentName(s string) bool {
	return regexp.MustCompile(`^\s*(?:(?i:inc-?)?0*[1-9][0-9]{0,18}|[a-z2-7]{26})\s*$`).MatchString(s)
}

// splitIncident takes the incident from the front of args. When args has only as
// many words as the command needs besides (rest), or its first word names no
// incident, the incident is the default one.
func (a *app) splitIncident(args []string, rest int) (incident string, others []string, err error) {
	if len(args) > rest && incidentName(args[0]) {
		return canonical(args[0]), args[1:], nil
	}
	if incident, err = a.defaultIncident(); err != nil {
		return "", nil, err
	}
	if incident == "" {
		if len(args) > 0 && incidentName(args[0]) {
			return canonical(args[0]), args[1:], nil
		}
		if len(args) > rest {
			return "", nil, fault.FieldUsagef("incident", "%q names no incident: use INC-41, 41 or the full id", args[0])
		}
		return "", nil, fault.FieldUsagef("incident",
			"which incident? Name it (INC-41), or choose one for the next commands with `bridgelog use 41`")
	}
	return incident, args, nil
}

// incidentFirst lets an incident with its prefix stand behind the other words,
// as in `take commander INC-1`. It is for commands that take no free text.
func incidentFirst(args []string) []string {
	last := len(args) - 1
	if last < 1 || incidentName(args[0]) || !incidentName(args[last]) || !strings.HasPrefix(strings.ToUpper(args[last]), "INC") {
		return args
	}
	return append([]string{args[last]}, args[:last]...)
}

// canonical writes a number as INC-41; a full id stays.
func canonical(name string) string {
	name = strings.TrimSpace(name)
	number := strings.TrimPrefix(strings.TrimPrefix(strings.ToUpper(name), "INC"), "-")
	if number = strings.TrimLeft(number, "0"); number != "" && strings.Trim(number, "0123456789") == "" {
		return "INC-" + number
	}
	return name
}

// defaultIncident is BRIDGELOG_INCIDENT or what `use` chose for this system.
func (a *app) defaultIncident() (string, error) {
	if name := a.Getenv("BRIDGELOG_INCIDENT"); name != "" {
		if !incidentName(name) {
			return "", fault.FieldUsagef("incident", "BRIDGELOG_INCIDENT %q names no incident: use INC-41, 41 or the full id", name)
		}
		return canonical(name), nil
	}
	target, dirs, err := a.target()
	if err != nil {
		return "", err
	}
	chosen, err := loadChosen(dirs)
	return chosen[target.Key], err
}

func chosenPath(dirs client.Dirs) string { return filepath.Join(dirs.State, "use.json") }

// loadChosen reads the default incident of each system.
func loadChosen(dirs client.Dirs) (map[string]string, error) {
	chosen := map[string]string{}
	data, err := os.ReadFile(chosenPath(dirs))
	if errors.Is(err, fs.ErrNotExist) {
		return chosen, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &chosen)
	}
	if err != nil {
		return nil, fmt.Errorf("read default incidents: %w", err)
	}
	return chosen, nil
}

// choose makes an incident the default of a system; "" takes the default away.
func choose(dirs client.Dirs, target client.Target, incident string) error {
	chosen, err := loadChosen(dirs)
	if err != nil {
		return err
	}
	if chosen[target.Key] = incident; incident == "" {
		delete(chosen, target.Key)
	}
	data, err := json.MarshalIndent(chosen, "", "  ")
	if err != nil {
		return fmt.Errorf("keep default incident: %w", err)
	}
	return client.WriteFile(chosenPath(dirs), data)
}

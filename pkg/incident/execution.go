package incident

import (
	"fmt"
	"strings"
	"time"
)

// Bounds of what is kept of a command that somebody ran.
const (
	MaxCommandLine = 8 << 10  // bytes of a command line
	MaxOutput      = 32 << 10 // bytes of output
)

// RecordCommand writes down that somebody ran a command: what, how it ended, how
// long it took and what it printed. Any responder may, also after a merge. It does
// not reset the clock of updates. Whoever sends it has taken secrets out.
type RecordCommand struct {
	Command  string        // the command line
	ExitCode int32         // as a shell sees it: 128 + n for a command that signal n ended
	Duration time.Duration // how long it took; the context says when it began
	Output   string        // what it printed, perhaps cut; see Sanitize
	// Truncated is true when output was left out, Redactions how many secrets were
	// taken out of it and of the command line.
	Truncated  bool
	Redactions uint32
}

// CommandExecuted says that somebody ran a command.
type CommandExecuted struct {
	Command    string // content
	ExitCode   int32
	Duration   time.Duration // whole microseconds
	Output     string        // content
	Truncated  bool
	Redactions uint32
}

// Name returns "record_command".
func (RecordCommand) Name() string { return "record_command" }

func (c RecordCommand) decide(_ State, _ Context) ([]Event, error) {
	const longest = 366 * 24 * time.Hour
	if c.Duration < 0 || c.Duration > longest {
		return nil, invalid("duration", "out_of_range", "duration is not between nothing and a year: check it")
	}
	if strings.TrimSpace(c.Command) == "" {
		return nil, invalid("command", "required", "command is missing: say what was run")
	}
	for _, text := range []struct {
		field, value string
		limit        int
	}{{"command", c.Command, MaxCommandLine}, {"output", c.Output, MaxOutput}} {
		if err := checkOptional(text.field, text.value, text.limit); err != nil {
			return nil, err
		}
	}
	e := CommandExecuted(c)
	e.Duration = c.Duration.Truncate(time.Microsecond)
	return []Event{e}, nil
}

func (RecordCommand) curates() {}

func (RecordCommand) conflicts(_, _ State) bool { return false }

// Type returns "incident.command_executed".
func (CommandExecuted) Type() string { return "incident.command_executed" }

// Accept calls VisitCommandExecuted.
func (e CommandExecuted) Accept(v Visitor) { v.VisitCommandExecuted(e) }

func (e CommandExecuted) traits() traits {
	return ignorable | content.when(e.Command != "" || e.Output != "")
}

func (CommandExecuted) evolve(s State, _ Meta) State { return s }

// Outcome says in words how a command ended: "exit 1 after 3s".
func (e CommandExecuted) Outcome() string {
	return fmt.Sprintf("exit %d after %s", e.ExitCode, e.Duration.Round(time.Millisecond))
}

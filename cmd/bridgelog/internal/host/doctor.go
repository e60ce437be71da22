package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/pkg/health"
	"github.com/bridgelog/bridgelog/pkg/postgres/private"
)

// lowDisk is how much room the data directory should have, in bytes.
const lowDisk = 2 << 30

// ErrUnwell: the doctor found something that has to be mended.
var ErrUnwell = errors.New("something has to be mended: see above")

// doctorCommand looks at what `up` needs and at a system that runs.
func doctorCommand() *cobra.Command {
	settings := DefaultSettings()
	command := &cobra.Command{
		Use:   "doctor",
		Short: "Look for what keeps the system from running well",
		Args:  cobra.NoArgs,
	}
	file := settings.bindWithFile(command)
	command.RunE = func(c *cobra.Command, _ []string) error {
		if _, err := fillFlags(c.LocalNonPersistentFlags(), *file); err != nil {
			return err
		}
		if err := settings.Validate(); err != nil {
			return err
		}
		return examine(c.Context(), settings, c)
	}
	return command
}

// finding is what one look brought.
type finding struct {
	what    string
	said    string
	problem error
}

func examine(ctx context.Context, s Settings, c *cobra.Command) error {
	p, err := output.For(c)
	if err != nil {
		return err
	}
	findings := []finding{lookAtDirectory(s), lookAtDisk(s)}
	if s.DatabaseURL == "" {
		findings = append(findings, lookForPostgres(ctx))
	}
	findings = append(findings, lookAtSystem(ctx, s)...)
	d, well := diagnosis(findings)
	if err := p.Print(d); err != nil {
		return err
	}
	switch {
	case well:
		return nil
	case p.Format != output.Table:
		return fault.Stop(fault.Refused) // the document says it
	}
	return ErrUnwell
}

// checked is one finding for scripts.
type checked struct {
	Check   string `json:"check"`
	OK      bool   `json:"ok"`
	Message string `json:"message"`
}

// diagnosis is what was found, for eyes and for scripts, and whether all is well.
func diagnosis(findings []finding) (d output.Document, well bool) {
	checks := []checked{}
	rows := output.Rows{Columns: []string{"", "check", "found"}}
	well = true
	for _, f := range findings {
		sign := output.T(output.Good, "ok")
		if f.problem != nil {
			sign, f.said, well = output.T(output.Bad, "MEND"), f.problem.Error(), false
		}
		checks = append(checks, checked{Check: f.what, OK: f.problem == nil, Message: f.said})
		rows.Rows = append(rows.Rows, []output.Cell{sign, output.P(f.what), output.P(f.said)})
	}
	return output.Document{Value: map[string]any{"ok": well, "checks": checks}, Blocks: []output.Block{rows}}, well
}

func lookAtDirectory(s Settings) finding {
	f := finding{what: "data directory", said: s.DataDir}
	info, err := os.Stat(s.DataDir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		f.said += " (made by the first `up`)"
	case err != nil:
		f.problem = fmt.Errorf("%s cannot be read: %s", s.DataDir, reason(err))
	case !info.IsDir():
		f.problem = fmt.Errorf("%s is not a directory: give another --data-dir", s.DataDir)
	}
	return f
}

func lookAtDisk(s Settings) finding {
	f := finding{what: "disk"}
	free, err := freeBytes(s.DataDir)
	if err != nil {
		f.problem = fmt.Errorf("the room on the disk of %s is not known: %s", s.DataDir, reason(err))
		return f
	}
	f.said = fmt.Sprintf("%.1f GiB free", float64(free)/(1<<30))
	if free < lowDisk {
		f.problem = fmt.Errorf("%s: a full disk stops every write; make room or move the data directory", f.said)
	}
	return f
}

func lookForPostgres(ctx context.Context) finding {
	found, err := private.FindBinaries(ctx, beside()...)
	if err != nil {
		return finding{what: "PostgreSQL", problem: err}
	}
	return finding{what: "PostgreSQL", said: fmt.Sprintf("version %d in %s", found[0].Major, found[0].Dir)}
}

// lookAtSystem asks a system that runs on the data directory about its parts.
func lookAtSystem(ctx context.Context, s Settings) []finding {
	content, err := os.ReadFile(filepath.Join(s.DataDir, endpointsFile))
	if err != nil {
		return []finding{{what: "system", said: "does not run here; start it with `bridgelog up`"}}
	}
	var e Endpoints
	if err := json.Unmarshal(content, &e); err != nil {
		return []finding{{what: "system", problem: fmt.Errorf("%s is damaged: delete it and start `bridgelog up` again", endpointsFile)}}
	}
	parts, err := askReadiness(ctx, e.Metrics)
	if err != nil {
		return []finding{{what: "system", problem: fmt.Errorf("process %d does not answer at %s: start `bridgelog up` again", e.PID, e.Metrics)}}
	}
	findings := []finding{{what: "system", said: fmt.Sprintf("runs as process %d", e.PID)}}
	for _, part := range parts {
		f := finding{what: part.Name, said: "ready"}
		if !part.Ready {
			f.problem = errors.New(part.Problem)
		}
		findings = append(findings, f)
	}
	return findings
}

func askReadiness(ctx context.Context, base string) ([]health.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/readyz", nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Checks []health.Result `json:"checks"`
	}
	err = json.NewDecoder(response.Body).Decode(&answer)
	return answer.Checks, err
}

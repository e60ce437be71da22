package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/secret"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/spool"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// Exit codes of a shell for a command that could not be run.
const (
	exitNotRunnable = 126
	exitNotFound    = 127
	exitSignal      = 128
)

// grace is how long the output of what a command has left running is awaited.
const grace = 2 * time.Second

func (a *app) runCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "run [INC] -- COMMAND…",
		Short: "Run a command, and write on the timeline what it was and what came of it",
		Long: `Run a command, and write on the timeline what it was, its exit code, how long it took
and what it printed. The command reads and writes as if it were run without bridgelog,
but that its output is no terminal to it; bridgelog ends with its exit code.

Secrets that are recognised by their form are taken out of what is written, and long
output is cut in the middle: look at what you run all the same. When the system
cannot be reached the command runs, and the entry is kept on disk and sent by the next
command that reaches the system.`,
		Example:           `  bridgelog run INC-1 -- kubectl rollout undo deployment/checkout`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			dash := cmd.ArgsLenAtDash()
			if dash < 0 || dash == len(args) {
				return fault.Usagef("which command? Put it behind --, as in: bridgelog run INC-1 -- kubectl get pods")
			}
			if dash > 1 {
				return fault.Usagef("unexpected %q before --; %s", args[1], usageOf(cmd))
			}
			incident, _, err := a.splitIncident(args[:dash], 0)
			if err != nil {
				return err
			}
			return a.runRecorded(cmd.Context(), incident, args[dash:])
		},
	}
}

// runRecorded runs a command and records it. The exit code is the command's, whatever
// becomes of the entry.
func (a *app) runRecorded(ctx context.Context, name string, words []string) error {
	target, dirs, err := a.target()
	if err != nil {
		return err
	}
	request := &incidentv1.RecordCommandRequest{Incident: name, RequestId: a.NewID()}
	began := a.Now()
	printed := &excerpt{}
	code := a.execute(words, printed)
	// Ctrl-C was meant for the command.
	ctx = context.WithoutCancel(ctx)
	request.OccurredAt, request.Duration = timestamppb.New(began), durationpb.New(max(0, a.Now().Sub(began)))
	request.ExitCode = int32(code)
	describeRun(request, words, printed)
	a.recordRun(ctx, target, dirs, request)
	if code == 0 {
		return nil
	}
	return &fault.Fault{Code: fault.Code(code), Silent: true, Message: "the command ended with exit code " + strconv.Itoa(code)}
}

// execute runs a command to its end and returns its exit code as a shell sees it.
func (a *app) execute(words []string, printed io.Writer) int {
	c := exec.CommandContext(context.Background(), words[0], words[1:]...) //nolint:gosec // the person says what to run, and when it ends
	c.Stdin, c.Stdout, c.Stderr = a.In, io.MultiWriter(a.Out, printed), io.MultiWriter(a.Err, printed)
	c.WaitDelay = grace
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if err := c.Start(); err != nil {
		_, _ = io.WriteString(c.Stderr, "bridgelog: "+err.Error()+"\n")
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
			return exitNotFound
		}
		return exitNotRunnable
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = c.Wait() // how it ended is in its state
	}()
	for {
		select {
		case s := <-signals:
			// A terminal has sent Ctrl-C to the command too.
			if s != os.Interrupt || !a.InTerminal {
				_ = c.Process.Signal(s)
			}
		case <-ended:
			return exitCode(c.ProcessState)
		}
	}
}

func exitCode(s *os.ProcessState) int {
	if status, ok := s.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitSignal + int(status.Signal())
	}
	return max(s.ExitCode(), 0)
}

// describeRun fills in what was run and printed, without what looks like a secret.
func describeRun(r *incidentv1.RecordCommandRequest, words []string, printed *excerpt) {
	line, inLine := secret.Redact(plainText(commandLine(words)))
	text, inText := secret.Redact(plainText(printed.text()))
	r.Redactions = uint32(inLine + inText)
	r.Command = cut(line, incident.MaxCommandLine)
	r.Output = cut(text, incident.MaxOutput)
	r.Truncated = printed.left > 0 || len(r.GetOutput()) < len(text)
}

// commandLine joins words so that a shell would read them again.
func commandLine(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		if w == "" || strings.ContainsAny(w, " \t\n\"'`$\\;&|<>()*?[]#~!{}") {
			w = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		quoted[i] = w
	}
	return strings.Join(quoted, " ")
}

// plainText takes out what only steers a terminal.
func plainText(s string) string {
	s = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[@-Z\\\\-_])").ReplaceAllString(s, "")
	return incident.Sanitize(strings.ReplaceAll(s, "\r\n", "\n"))
}

// cut bounds a text in bytes, at the end of a character.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}

// recordRun sends the entry, or keeps it. It says on standard error what became of it.
func (a *app) recordRun(ctx context.Context, target client.Target, dirs client.Dirs, request *incidentv1.RecordCommandRequest) {
	s, err := a.openTarget(ctx, target, dirs)
	var result *incidentv1.WriteResult
	if err == nil {
		defer s.close()
		result, err = a.send(ctx, request.GetRequestId(), func(ctx context.Context) (*incidentv1.WriteResult, error) {
			r, err := s.Commands.RecordCommand(ctx, request)
			return r.GetResult(), err
		})
	}
	switch f := fault.From(err); {
	case err == nil:
		entry := ""
		if written := result.GetEntries(); len(written) > 0 {
			entry = " as entry #" + strconv.FormatUint(written[0], 10)
		}
		a.say(output.T(output.Dim, "written to "+view.Name(result.GetNumber())+entry+taken(request)))
	case f.Code == fault.Unreachable || f.Code == fault.Unknown:
		if keeping := spool.OpenRuns(dirs).Keep(target, request, a.Now()); keeping != nil {
			a.say(output.T(output.Bad, "the entry could neither be sent nor kept on disk:"), output.P(keeping.Error()))
			return
		}
		a.say(output.T(output.Warn, "the system cannot be reached: the entry is kept on disk and sent by the next command that reaches it"))
	default:
		a.say(output.T(output.Bad, "the command was run, and is not on the timeline:"), output.P(f.Error()))
	}
}

// taken says how many secrets were taken out.
func taken(r *incidentv1.RecordCommandRequest) string {
	if r.GetRedactions() == 0 {
		return ""
	}
	return ", secrets taken out: " + strconv.FormatUint(uint64(r.GetRedactions()), 10)
}

// sendRuns sends the entries of commands that wait for this system.
func (a *app) sendRuns(ctx context.Context, s *session) {
	limited, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	err := spool.OpenRuns(s.dirs).Send(limited, s.Target, s.Commands, func(k spool.KeptRun, result *incidentv1.WriteResult, refused error) {
		kept := a.clock().Time(k.KeptTime)
		if refused != nil {
			a.say(output.T(output.Bad, "the entry of a command, kept at "+kept+", was refused and put aside:"), output.P(refused.Error()))
			return
		}
		a.say(output.T(output.Good, "sent the entry of a command, kept at "+kept+":"), output.P(view.Name(result.GetNumber())))
	})
	if err != nil {
		a.say(output.T(output.Warn, "the entry of a command waits on:"), output.P(fault.From(err).Error()))
	}
}

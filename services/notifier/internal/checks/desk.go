package checks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	"github.com/bridgelog/bridgelog/pkg/wait"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/prometheus"
)

// AtDeclaration is the run of an incident that was declared.
const AtDeclaration = "declaration"

const (
	// patience bounds one call to command.
	patience = 10 * time.Second
	// retryAfter lies between attempts to record what could not be recorded.
	retryAfter = 5 * time.Second
)

// errDies: the process is to die.
var errDies = errors.New("the process is to die")

// Desk runs checks. Its fields are set once; it is safe for concurrent use.
type Desk struct {
	// Catalog has the metrics; it has to be ready.
	Catalog *catalog.Follower
	// Source has their values.
	Source Source
	// Commands records.
	Commands incidentv1.CommandServiceClient
	Now      func() time.Time
	Logger   *slog.Logger
	// RetryAfter replaces how long lies between attempts to record; 0: five seconds.
	RetryAfter time.Duration
}

// Run says what is to be run.
type Run struct {
	// Incident is the incident, Name what names the run.
	Incident incident.ID
	Name     string
	// Services are measured, by name.
	Services []string
	// AskedBy is the person who asked; empty for nobody.
	AskedBy incident.PersonID
	// Until is when it is given up to record what was measured; zero: at once.
	Until time.Time
	// Known tells what need not be measured; nil: nothing.
	Known func(incident.CheckKey) bool
}

// Checked is a check that was run.
type Checked struct {
	Key    incident.CheckKey
	Result incident.CheckResult
	// Entry is the revision of its entry; 0 when it was recorded already, or not at all.
	Entry uint64
	// Problem says why it was not recorded; empty when it was.
	Problem string
}

// Ran is what became of a run.
type Ran struct {
	Checks []Checked
	// LeftOut is how many metrics were not measured.
	LeftOut int
	// Position is that of the last entry; empty when nothing was recorded.
	Position string
}

// Do runs checks and has them recorded. One that command refuses is told with the problem,
// and the others are recorded all the same. The error is that of command when it refused
// all of them, or could not be asked any more.
func (d *Desk) Do(ctx context.Context, r Run) (Ran, error) {
	planned, leftOut := d.plan(r)
	ran := Ran{LeftOut: leftOut}
	now := d.Now()
	shown := measure(ctx, d.Source, planned, now)
	d.tell(ctx, shown)
	var refused error
	recorded := 0
	for _, m := range shown {
		if m.skipped {
			ran.LeftOut++
			continue
		}
		m.result.AskedBy = r.AskedBy
		one := Checked{Key: r.key(m.Planned), Result: m.result}
		written, err := d.record(ctx, r, one, now)
		if err != nil {
			failure := rpc.FailureOf(err)
			if !ofOne(failure.Code) || errors.Is(err, errDies) {
				return ran, err
			}
			d.Logger.WarnContext(ctx, "what a check showed was refused", "incident_id", r.Incident, "service", one.Key.Service, "metric", one.Key.Metric, "error", err)
			refused, one.Problem = cmp.Or(refused, err), failure.Message
			ran.Checks = append(ran.Checks, one)
			continue
		}
		recorded++
		if entries := written.GetEntries(); len(entries) > 0 {
			one.Entry = entries[0]
		}
		if written.GetPosition() != "" {
			ran.Position = written.GetPosition()
		}
		ran.Checks = append(ran.Checks, one)
	}
	if recorded == 0 {
		return ran, refused
	}
	return ran, nil
}

// plan returns what is to be measured, without what is known, and how much is left out.
func (d *Desk) plan(r Run) ([]Planned, int) {
	planned, leftOut := Plan(d.Catalog.State(), r.Services)
	if r.Known != nil {
		planned = slices.DeleteFunc(planned, func(p Planned) bool { return r.Known(r.key(p)) })
	}
	return planned, leftOut
}

// tell tells the operator where secrets were looked for, once for each integration.
func (d *Desk) tell(ctx context.Context, shown []measured) {
	told := map[string]bool{}
	for _, m := range shown {
		if secret, ok := errors.AsType[*prometheus.SecretError](m.problem); ok && !told[m.Name] {
			told[m.Name] = true
			d.Logger.WarnContext(ctx, "a secret of an integration cannot be read", "integration", m.Name, "secret", secret.Name, "error", secret.Cause)
		}
	}
}

// ofOne reports whether a refusal is about what was to be recorded, so that another check
// may be taken.
func ofOne(code string) bool {
	switch code {
	case "invalid_argument", "failed_precondition", "already_exists":
		return true
	}
	return false
}

func (r Run) key(p Planned) incident.CheckKey {
	return incident.CheckKey{Run: r.Name, Service: p.Service, Metric: p.Key}
}

// record asks command to write a check down, again and again until the run is given up.
func (d *Desk) record(ctx context.Context, r Run, c Checked, at time.Time) (*incidentv1.WriteResult, error) {
	if err := pointBeforeCheck.Hit(ctx); err != nil {
		return nil, fmt.Errorf("%w: %w", errDies, err)
	}
	facts, evidence := record.CheckMessages(c.Key, c.Result)
	request := &incidentv1.RecordCheckRequest{
		Incident: string(r.Incident), OccurredAt: timestamppb.New(at), Facts: facts, Evidence: evidence,
	}
	for {
		limited, cancel := context.WithTimeout(ctx, patience)
		answer, err := d.Commands.RecordCheck(limited, request)
		cancel()
		if hit := pointAfterCheck.Hit(ctx); hit != nil {
			return nil, fmt.Errorf("%w: %w", errDies, hit)
		}
		if err == nil {
			return answer.GetResult(), nil
		}
		if forGood(rpc.FailureOf(err).Code) || !d.Now().Before(r.Until) || wait.For(ctx, cmp.Or(d.RetryAfter, retryAfter)) != nil {
			return nil, err
		}
		d.Logger.DebugContext(ctx, "a check is recorded later", "incident_id", r.Incident, "error", err)
	}
}

// forGood reports whether asking the same again would be refused again.
func forGood(code string) bool {
	switch code {
	case "failed_precondition", "not_found", "invalid_argument", "permission_denied", "unauthenticated", "already_exists":
		return true
	}
	return false
}

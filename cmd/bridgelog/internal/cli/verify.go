package cli

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/archive"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// verdict is what a verification answers.
type verdict struct {
	OK       bool      `json:"ok"`
	What     string    `json:"what"`
	Events   uint64    `json:"events"`
	Subjects uint64    `json:"subjects"`
	Redacted uint64    `json:"redacted"`
	Findings []finding `json:"findings"`
	// More counts findings that were left out.
	More int `json:"more"`
	// PublicKey and Fingerprint name who signed an export.
	PublicKey   string `json:"public_key,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"`
}

// finding is one thing that is wrong.
type finding struct {
	Subject  string `json:"subject"`
	Revision uint64 `json:"revision"`
	Line     int    `json:"line"`
	Sequence uint64 `json:"sequence"`
	Problem  string `json:"problem"`
}

func (a *app) verifyCommand() *cobra.Command {
	var key string
	c := &cobra.Command{
		Use: "verify [INC|FILE]", Short: "Prove the live log, one incident, or an export", Args: atMost(1),
		Long: `Prove that the record was not changed: the live log, one incident of it, or an
export (a file, or - for the input), for which no system is needed.

A chain proves that nothing in it was changed since somebody last knew its end.
An export names the ends, signed; --key demands a signature by a key that you
noted elsewhere. Without such an anchor whoever can write to the store could
have rewritten a whole chain. The exit code is 6 when anything is wrong.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			if len(args) == 1 && !incidentName(args[0]) {
				return a.verifyFile(cmd.Context(), p, args[0], key)
			}
			if key != "" {
				return fault.FieldUsagef("key", "--key is for an export: bridgelog verify FILE --key KEY")
			}
			incident := ""
			if len(args) == 1 {
				incident = canonical(args[0])
			}
			return a.verifyLive(cmd.Context(), p, incident)
		},
	}
	c.Flags().StringVar(&key, "key", "", "the public key (base64) that must have signed the export")
	return c
}

func (a *app) verifyFile(ctx context.Context, p output.Printer, name, key string) error {
	var trusted ed25519.PublicKey
	if key != "" {
		var err error
		if trusted, err = archive.ParseKey(key); err != nil {
			return fault.FieldUsagef("key", "--key: %w", err)
		}
	}
	in := a.In
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return fault.NotFoundf("%s: %w", name, errors.Unwrap(err))
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	progress := output.NewProgress(a.Err, a.ErrTerminal, a.Now, "verify", "events", 0)
	report, err := archive.Verify(ctx, in, trusted, func(events uint64) { progress.Set(events, 0) })
	progress.Close()
	if errors.Is(err, archive.ErrNoExport) {
		return fault.Unverifiedf("%s is no export: none of its lines is an event or a manifest; `bridgelog export --all` writes one", name)
	}
	if err != nil {
		return err
	}
	v := verdict{
		OK: report.OK(), What: name, Events: report.Events, Subjects: uint64(report.Subjects), Redacted: report.Redacted,
		Findings: []finding{}, More: report.More,
	}
	for _, f := range report.Findings {
		v.Findings = append(v.Findings, finding{Subject: f.Subject, Revision: f.Revision, Line: f.Line, Problem: f.Problem})
	}
	if m := report.Manifest; m != nil {
		v.PublicKey, v.Fingerprint = base64.StdEncoding.EncodeToString(m.PublicKey), archive.Fingerprint(m.PublicKey)
	}
	return a.judge(p, v)
}

func (a *app) verifyLive(ctx context.Context, p output.Printer, incident string) error {
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	stream, err := s.Timeline.Verify(ctx, &timelinev1.VerifyRequest{Incident: incident})
	if err != nil {
		return err
	}
	v := verdict{What: "the live log on " + s.Target.Name, Findings: []finding{}}
	if incident != "" {
		v.What = incident + " on " + s.Target.Name
	}
	progress := output.NewProgress(a.Err, a.ErrTerminal, a.Now, "verify", "events", 0)
	defer progress.Close()
	done := false
	for !done {
		r, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		progress.Set(r.GetEvents(), r.GetTotal())
		done = r.GetDone()
		v.Events, v.Subjects, v.Redacted = r.GetEvents(), r.GetSubjects(), r.GetRedacted()
		// Each message holds everything found so far.
		v.Findings = v.Findings[:0]
		for _, f := range r.GetFindings() {
			v.Findings = append(v.Findings, finding{Subject: f.GetSubject(), Revision: f.GetRevision(), Sequence: f.GetSequence(), Problem: f.GetProblem()})
		}
	}
	if !done {
		return fault.Unverifiedf("the system ended the verification before its end")
	}
	progress.Close()
	v.OK = len(v.Findings) == 0
	return a.judge(p, v)
}

// judge prints the verdict and fails when anything is wrong.
func (a *app) judge(p output.Printer, v verdict) error {
	head := output.T(output.Good, "verified:")
	if !v.OK {
		head = output.T(output.Bad, "NOT VERIFIED:")
	}
	counts := fmt.Sprintf("%s in %s, %d redacted", count(v.Events, "event"), count(v.Subjects, "chain"), v.Redacted)
	blocks := []output.Block{output.Line{head, output.P(v.What), output.T(output.Dim, "("+counts+")")}}
	shown := min(len(v.Findings), 10)
	for _, f := range v.Findings[:shown] {
		line := output.Line{output.T(output.Bad, "-"), output.T(output.Strong, f.Subject)}
		if f.Revision > 0 {
			line = append(line, output.P(fmt.Sprintf("revision %d", f.Revision)))
		}
		if f.Line > 0 {
			line = append(line, output.T(output.Dim, fmt.Sprintf("(line %d)", f.Line)))
		}
		blocks = append(blocks, append(line, output.P(f.Problem)))
	}
	if more := v.More + len(v.Findings) - shown; more > 0 {
		blocks = append(blocks, output.Line{output.P(fmt.Sprintf("and %d more; -o json lists them", more))})
	}
	if v.Fingerprint != "" {
		blocks = append(blocks, output.Line{output.T(output.Dim, "signed by "+v.Fingerprint+"; public key "+v.PublicKey)})
	}
	if err := p.Print(output.Document{Value: v, Blocks: blocks}); err != nil {
		return err
	}
	if !v.OK {
		if p.Format != output.Table {
			return fault.Stop(fault.Unverified)
		}
		return fault.Unverifiedf("%s does not verify: %s", v.What, v.Findings[0].Problem)
	}
	return nil
}

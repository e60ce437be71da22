package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// Import measures `bridgelog import` of files, or of made histories when there
// are none, from the start of the command to its end, against the same bytes
// appended to JetStream in batches.
func Import(ctx context.Context, files []string, histories int) (Report, error) {
	r := Report{
		Bench: "import", Params: map[string]any{"files": len(files), "histories": histories}, Notes: map[string]float64{},
		LimitIs: "the same bytes appended straight to the embedded JetStream, fsync on, in batches of as many messages",
	}
	dir, remove, err := workspace()
	if err != nil {
		return r, err
	}
	defer remove()
	if len(files) == 0 {
		file := filepath.Join(dir, "histories.jsonl")
		if err := os.WriteFile(file, []byte(madeHistories(histories)), 0o600); err != nil {
			return r, fmt.Errorf("make histories: %w", err)
		}
		files = []string{file}
	}
	events, err := r.importOurs(ctx, dir, files)
	if err != nil {
		return r, err
	}
	batches, err := storedBatches(ctx, dir, "incident.", "number.")
	if err != nil {
		return r, err
	}
	elapsed, err := appendBatches(ctx, batches)
	if err != nil {
		return r, err
	}
	r.Limit = rateOnly(events, elapsed)
	r.byRate()
	return r, nil
}

// importOurs runs the command, and notes when reads hold what it sent.
func (r *Report) importOurs(ctx context.Context, dir string, files []string) (events int, err error) {
	system, err := start(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer system.stop()
	binary, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("find our own binary: %w", err)
	}
	args := append([]string{"import", "statuspage", "--skip-broken", "--data-dir", dir, "-o", "json"}, files...)
	begin := time.Now()
	answer, err := exec.CommandContext(ctx, binary, args...).Output() //nolint:gosec // Ourselves.
	elapsed := time.Since(begin)
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
		}
		return 0, fmt.Errorf("import: %w", err)
	}
	var report struct {
		Imported  int     `json:"imported"`
		Events    int     `json:"events"`
		PerSecond float64 `json:"per_second"`
	}
	if err := json.Unmarshal(answer, &report); err != nil {
		return 0, fmt.Errorf("read the import's answer: %w", err)
	}
	if err := system.settled(ctx); err != nil {
		return 0, err
	}
	r.Ours = rateOnly(report.Events, elapsed)
	r.Params["histories"], r.Params["events"] = report.Imported, report.Events
	r.Notes["sending_per_second"] = report.PerSecond
	r.Notes["visible_per_second"] = rateOnly(report.Events, time.Since(begin)).PerSecond
	return report.Events, nil
}

// settled waits until reads hold everything that was written before.
func (i *instance) settled(ctx context.Context) error {
	const patience = 5 * time.Minute
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	declared, err := incidentv1.NewCommandServiceClient(i.conn).DeclareIncident(ctx, &incidentv1.DeclareIncidentRequest{Title: "The end"})
	if err != nil {
		return fmt.Errorf("declare: %w", err)
	}
	_, err = timelinev1.NewTimelineServiceClient(i.conn).ListIncidents(ctx, &timelinev1.ListIncidentsRequest{
		PageSize: 1, Position: declared.GetResult().GetPosition(),
	})
	if err != nil {
		return fmt.Errorf("wait for the read side: %w", err)
	}
	return nil
}

// storedBatches reads what a stopped instance has stored on subjects that begin with
// one of the prefixes, in batches as large as they may be.
func storedBatches(ctx context.Context, dir string, prefixes ...string) ([][]eventlog.Append, error) {
	b, err := openBroker(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer b.close()
	head, err := b.log.Head(ctx)
	if err != nil {
		return nil, err
	}
	var batches [][]eventlog.Append
	var batch []eventlog.Append
	for sequence := uint64(1); sequence <= head.Sequence; sequence++ {
		m, err := b.log.At(ctx, sequence)
		if err != nil {
			return nil, err
		}
		ours := slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(m.Subject, prefix) })
		if !ours || m.Previous > 0 { // what continues a subject does not stand in a batch
			continue
		}
		if len(batch) == eventlog.MaxBatch {
			batches, batch = append(batches, batch), nil
		}
		batch = append(batch, eventlog.Append{Subject: m.Subject, Data: m.Data})
	}
	if len(batch) > 0 {
		batches = append(batches, batch)
	}
	return batches, nil
}

// appendBatches appends to a log of its own and says how long that took.
func appendBatches(ctx context.Context, batches [][]eventlog.Append) (time.Duration, error) {
	dir, remove, err := workspace()
	if err != nil {
		return 0, err
	}
	defer remove()
	b, err := openBroker(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer b.close()
	begin := time.Now()
	for _, batch := range batches {
		if _, err := b.log.AppendBatch(ctx, batch); err != nil {
			return 0, fmt.Errorf("append a batch: %w", err)
		}
	}
	return time.Since(begin), nil
}

// madeHistories are incidents of a status page, one a line, each of six events, as
// usual ones are.
func madeHistories(n int) string {
	var b strings.Builder
	began := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		at := began.Add(time.Duration(i) * time.Hour)
		fmt.Fprintf(&b, `{"id": "made%d", "name": "Checkout returns 502 in region %d", "status": "resolved", "impact": "minor", `+
			`"page_id": "made", "created_at": %q, "updated_at": %q, "incident_updates": [`,
			i, i%20, at.Format(time.RFC3339), at.Add(time.Hour).Format(time.RFC3339))
		for n, status := range []string{"investigating", "identified", "resolved"} {
			if n > 0 {
				b.WriteString(", ")
			}
			when := at.Add(time.Duration(n) * 20 * time.Minute).Format(time.RFC3339)
			fmt.Fprintf(&b, `{"id": "made%d-%d", "status": %q, "body": %q, "created_at": %q, "updated_at": %q, "display_at": %q}`,
				i, n, status, noteText, when, when, when)
		}
		b.WriteString("]}\n")
	}
	return b.String()
}

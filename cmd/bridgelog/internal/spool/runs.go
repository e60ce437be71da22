package spool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// Runs are the entries of commands that wait in one directory, apart from the
// declarations, which come first.
type Runs struct {
	spool Spool
}

// OpenRuns opens the entries of a state directory. Nothing is made before something is
// kept.
func OpenRuns(dirs client.Dirs) Runs { return Runs{Spool{dir: filepath.Join(dirs.State, "runs")}} }

// KeptRun is one entry that waits.
type KeptRun struct {
	// Target is the key of the system that it is for.
	Target string `json:"target"`
	// KeptTime is when it was kept.
	KeptTime time.Time `json:"kept_time"`
	// Body is the request in protobuf's JSON form.
	Body json.RawMessage `json:"request"`
}

// Keep puts an entry on disk. Its request id must be set. It returns when the entry
// would survive a loss of power.
func (r Runs) Keep(target client.Target, request *incidentv1.RecordCommandRequest, now time.Time) error {
	body, err := protojson.Marshal(request)
	if err != nil {
		return fmt.Errorf("keep entry: %w", err)
	}
	data, err := json.MarshalIndent(KeptRun{Target: target.Key, KeptTime: now.UTC(), Body: body}, "", "  ")
	if err != nil {
		return fmt.Errorf("keep entry: %w", err)
	}
	return client.WriteFile(r.spool.path(request.GetRequestId(), now), data)
}

// Send sends what waits for a system, oldest first, and tells of each. What the system
// refuses is put aside as *.refused. It stops at the first that could not be sent and
// returns why.
func (r Runs) Send(
	ctx context.Context, target client.Target, commands incidentv1.CommandServiceClient, tell func(KeptRun, *incidentv1.WriteResult, error),
) error {
	entries, err := os.ReadDir(r.spool.dir) // by name, which begins with the time
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read kept entries: %w", err)
	}
	var broken error
	for _, entry := range entries {
		if entry.IsDir() || filepath.Ext(entry.Name()) != ".json" {
			continue
		}
		path := filepath.Join(r.spool.dir, entry.Name())
		kept, request, err := readRun(path)
		if err != nil {
			broken = errors.Join(broken, err)
			continue
		}
		if kept.Target != target.Key {
			continue
		}
		if err := sendRun(ctx, commands, path, kept, request, tell); err != nil {
			return err
		}
	}
	return broken
}

func readRun(path string) (KeptRun, *incidentv1.RecordCommandRequest, error) {
	var kept KeptRun
	request := &incidentv1.RecordCommandRequest{}
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &kept)
	}
	if err == nil {
		err = (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(kept.Body, request)
	}
	if err != nil {
		return kept, nil, fmt.Errorf("read kept entry %s: %w", path, err)
	}
	return kept, request, nil
}

func sendRun(
	ctx context.Context, commands incidentv1.CommandServiceClient, path string, kept KeptRun, request *incidentv1.RecordCommandRequest,
	tell func(KeptRun, *incidentv1.WriteResult, error),
) error {
	response, err := commands.RecordCommand(ctx, request)
	switch f := fault.OfWrite(err, request.GetRequestId()); {
	case f == nil:
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forget kept entry: %w", err)
		}
		tell(kept, response.GetResult(), nil)
	case f.Code == fault.Unreachable || f.Code == fault.Unknown || f.Code == fault.NotAllowed:
		return fmt.Errorf("send kept entry: %w", err)
	default:
		if err := os.Rename(path, path+".refused"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("put kept entry aside: %w", err)
		}
		tell(kept, nil, f)
	}
	return nil
}

package spool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// Spool is the declarations that wait in one directory.
type Spool struct {
	dir string
}

// Open returns the spool of a state directory. Nothing is made before something
// is kept.
func Open(dirs client.Dirs) Spool { return Spool{dir: filepath.Join(dirs.State, "spool")} }

// Kept is one declaration that waits.
type Kept struct {
	// Target is the key of the system that it is for.
	Target string `json:"target"`
	// KeptTime is when it was kept.
	KeptTime time.Time `json:"kept_time"`
	// Request is the declaration.
	Request *incidentv1.DeclareIncidentRequest `json:"-"`
	// Body is Request in protobuf's JSON form.
	Body json.RawMessage `json:"request"`

	path string
}

// Keep puts a declaration on disk. Its request id must be set. It returns when
// the declaration would survive a loss of power. One that is kept already under
// the same request id stays as it is.
func (s Spool) Keep(target client.Target, request *incidentv1.DeclareIncidentRequest, now time.Time) error {
	kept, _ := s.List(target) // a file that cannot be read does not stand in the way
	for _, k := range kept {
		if k.Request.GetRequestId() == request.GetRequestId() {
			return nil
		}
	}
	body, err := protojson.Marshal(request)
	if err != nil {
		return fmt.Errorf("keep declaration: %w", err)
	}
	data, err := json.MarshalIndent(Kept{Target: target.Key, KeptTime: now.UTC(), Body: body}, "", "  ")
	if err != nil {
		return fmt.Errorf("keep declaration: %w", err)
	}
	return client.WriteFile(s.path(request.GetRequestId(), now), data)
}

// path orders the files by time; the request id comes from a person, so it is
// made safe for a file's name.
func (s Spool) path(requestID string, now time.Time) string {
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '_'
	}, requestID)
	return filepath.Join(s.dir, now.UTC().Format("20060102T150405.000000")+"-"+safe[:min(len(safe), 64)]+".json")
}

// List returns what waits for a system, oldest first. Files that cannot be read
// are passed over and named in the error.
func (s Spool) List(target client.Target) ([]Kept, error) {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read kept declarations: %w", err)
	}
	var kept []Kept
	var broken error
	for _, entry := range entries {
		if entry.IsDir() || filepath.Ext(entry.Name()) != ".json" {
			continue
		}
		k, err := read(filepath.Join(s.dir, entry.Name()))
		if err != nil {
			broken = errors.Join(broken, err)
			continue
		}
		if k.Target == target.Key {
			kept = append(kept, k)
		}
	}
	slices.SortFunc(kept, func(a, b Kept) int { return a.KeptTime.Compare(b.KeptTime) })
	return kept, broken
}

func read(path string) (Kept, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Kept{}, fmt.Errorf("read kept declaration: %w", err)
	}
	k := Kept{path: path, Request: &incidentv1.DeclareIncidentRequest{}}
	if err := json.Unmarshal(data, &k); err != nil {
		return Kept{}, fmt.Errorf("read kept declaration %s: %w", path, err)
	}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(k.Body, k.Request); err != nil {
		return Kept{}, fmt.Errorf("read kept declaration %s: %w", path, err)
	}
	if k.Request.GetRequestId() == "" {
		return Kept{}, fmt.Errorf("read kept declaration %s: it has no request id", path)
	}
	return k, nil
}

// Sent is what became of one kept declaration.
type Sent struct {
	// Kept is the declaration.
	Kept Kept
	// Result is set when it was declared.
	Result *incidentv1.WriteResult
	// Err is set when the system refused it; it was then put aside.
	Err error
}

// Send declares what waits for a system, oldest first, and tells of each. What
// the system refuses is put aside as *.refused, so that it is neither lost nor
// tried for ever. It stops at the first that could not be sent and returns why.
func (s Spool) Send(ctx context.Context, target client.Target, commands incidentv1.CommandServiceClient, tell func(Sent)) error {
	kept, err := s.List(target)
	for _, k := range kept {
		response, sending := commands.DeclareIncident(ctx, k.Request)
		switch f := fault.OfWrite(sending, k.Request.GetRequestId()); {
		case f == nil:
			if removing := os.Remove(k.path); removing != nil && !errors.Is(removing, fs.ErrNotExist) {
				return fmt.Errorf("forget kept declaration: %w", removing)
			}
			tell(Sent{Kept: k, Result: response.GetResult()})
		case f.Code == fault.Unreachable || f.Code == fault.Unknown || f.Code == fault.NotAllowed:
			return fmt.Errorf("send kept declaration: %w", sending)
		default:
			if renaming := os.Rename(k.path, k.path+".refused"); renaming != nil && !errors.Is(renaming, fs.ErrNotExist) {
				return fmt.Errorf("put kept declaration aside: %w", renaming)
			}
			tell(Sent{Kept: k, Err: f})
		}
	}
	return err
}

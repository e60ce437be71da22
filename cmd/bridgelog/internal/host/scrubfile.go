package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// scrubFile keeps in the data directory how far the scrubber is. Losing it costs
// one pass over the log.
type scrubFile struct{ path string }

// scrubNote is the form of the file.
type scrubNote struct {
	Seen     string    `json:"seen,omitempty"`
	LastPass time.Time `json:"last_pass,omitzero"`
	Damage   uint64    `json:"damage,omitempty"`
	At       string    `json:"at,omitempty"`
	Found    uint64    `json:"found,omitempty"`
}

// Recall implements eventlog.ScrubMemory.
func (f scrubFile) Recall(context.Context) (eventlog.ScrubRecord, error) {
	content, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return eventlog.ScrubRecord{}, nil
	}
	if err != nil {
		return eventlog.ScrubRecord{}, fmt.Errorf("recall the scrubber: %w", err)
	}
	var note scrubNote
	if err := json.Unmarshal(content, &note); err != nil {
		return eventlog.ScrubRecord{}, fmt.Errorf("recall the scrubber: %w", err)
	}
	record := eventlog.ScrubRecord{LastPass: note.LastPass, Damage: note.Damage, Found: note.Found}
	var seenErr, atErr error
	record.Seen, seenErr = eventlog.ParsePosition(note.Seen)
	record.At, atErr = eventlog.ParsePosition(note.At)
	if err := errors.Join(seenErr, atErr); err != nil {
		return eventlog.ScrubRecord{}, fmt.Errorf("recall the scrubber: %w", err)
	}
	return record, nil
}

// Keep implements eventlog.ScrubMemory: the file is there whole or not at all.
func (f scrubFile) Keep(_ context.Context, r eventlog.ScrubRecord) error {
	content, err := json.Marshal(scrubNote{r.Seen.String(), r.LastPass, r.Damage, r.At.String(), r.Found})
	if err != nil {
		return fmt.Errorf("keep the scrubber's place: %w", err)
	}
	return writeSecret(f.path, content)
}

package archive

import (
	"encoding/json"
	"time"
)

// Format is the version of the file format.
const Format = "bridgelog.export/1"

// domain keeps a signature from being valid for anything else.
const domain = "bridgelog export manifest 1\n"

// Event is one event's line.
type Event struct {
	Kind         string          `json:"kind"`
	Subject      string          `json:"subject"`
	Revision     uint64          `json:"revision"`
	Type         string          `json:"type"`
	EventID      string          `json:"event_id"`
	OccurredTime time.Time       `json:"occurred_time"`
	RecordedTime time.Time       `json:"recorded_time"`
	Actor        string          `json:"actor"`
	Hash         string          `json:"hash"`
	Redacted     bool            `json:"redacted"`
	CommitStart  bool            `json:"commit_start"`
	Facts        json.RawMessage `json:"facts,omitempty"`
	Content      json.RawMessage `json:"content,omitempty"`
	Stored       Stored          `json:"stored"`
}

// Stored is an event's bytes as the log holds them.
type Stored struct {
	Envelope    []byte `json:"envelope"`
	Facts       []byte `json:"facts,omitempty"`
	Content     []byte `json:"content,omitempty"`
	Salt        []byte `json:"salt,omitempty"`
	RequestSalt []byte `json:"request_salt,omitempty"`
}

// Manifest says what an export holds.
type Manifest struct {
	Format       string    `json:"format"`
	ExportedTime time.Time `json:"exported_time"`
	Epoch        string    `json:"epoch"`
	Position     string    `json:"position"`
	Events       uint64    `json:"events"`
	PublicKey    []byte    `json:"public_key"`
	Heads        []Head    `json:"heads"`
}

// Head is the end of one chain.
type Head struct {
	Subject  string `json:"subject"`
	Revision uint64 `json:"revision"`
	Hash     string `json:"hash"`
}

// signed is the last line of an export.
type signed struct {
	Kind      string          `json:"kind"`
	Manifest  json.RawMessage `json:"manifest"`
	Signature []byte          `json:"signature"`
}

const (
	kindEvent    = "event"
	kindManifest = "manifest"
)

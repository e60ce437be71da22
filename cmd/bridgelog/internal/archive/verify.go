package archive

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	logv1 "github.com/bridgelog/bridgelog/proto/gen/log/v1"
)

// Report is what a verification found.
type Report struct {
	Events   uint64
	Subjects int
	Redacted uint64
	// Findings are what is wrong, at most [MaxFindings]; More counts the rest.
	Findings []Finding
	More     int
	// Manifest is the manifest, when there is one that can be read.
	Manifest *Manifest
}

// ErrNoExport: no line of the file is an event or a manifest.
var ErrNoExport = errors.New("this is no export of Bridgelog")

// MaxFindings bounds how much of a broken file is told.
const MaxFindings = 100

// Finding is one thing that is wrong.
type Finding struct {
	// Line counts from 1; 0 where no line is at fault alone.
	Line     int    `json:"line"`
	Subject  string `json:"subject"`
	Revision uint64 `json:"revision"`
	Problem  string `json:"problem"`
}

// OK tells whether nothing is wrong.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// Verify verifies an export. With a trusted key, only an export signed by it is
// right. An error means that the file could not be read to its end, or
// [ErrNoExport], not that an export is wrong. progress is told of each event.
func Verify(ctx context.Context, in io.Reader, trusted ed25519.PublicKey, progress func(events uint64)) (Report, error) {
	v := &verification{chains: map[string]*chained{}, trusted: trusted}
	reader := bufio.NewReaderSize(in, 1<<16)
	for number := 1; ; number++ {
		if err := ctx.Err(); err != nil {
			return v.report, context.Cause(ctx)
		}
		line, err := reader.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			v.line(number, line)
			progress(v.report.Events)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return v.report, fmt.Errorf("read export: %w", err)
		}
	}
	if !v.known {
		return v.report, ErrNoExport
	}
	v.end()
	return v.report, nil
}

// verification is the state of one run.
type verification struct {
	report  Report
	chains  map[string]*chained
	trusted ed25519.PublicKey
	signed  *signed
	at      int
	known   bool // some line is one of an export
}

// chained is one subject's chain.
type chained struct {
	verifier *chain.Verifier
	broken   bool
	// explained are the revisions that an event of the chain says it redacted.
	explained []uint64
}

func (v *verification) find(line int, subject string, revision uint64, format string, args ...any) {
	if len(v.report.Findings) >= MaxFindings {
		v.report.More++
		return
	}
	v.report.Findings = append(v.report.Findings, Finding{
		Line: line, Subject: subject, Revision: revision, Problem: fmt.Sprintf(format, args...),
	})
}

func (v *verification) line(number int, data []byte) {
	if v.signed != nil {
		v.find(number, "", 0, "there is something behind the manifest")
		return
	}
	var kind struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(data, &kind); err != nil {
		v.find(number, "", 0, "the line is not JSON: %v", err)
		return
	}
	v.known = v.known || kind.Kind == kindEvent || kind.Kind == kindManifest
	switch kind.Kind {
	case kindEvent:
		var e Event
		if err := json.Unmarshal(data, &e); err != nil {
			v.find(number, "", 0, "the event cannot be read: %v", err)
			return
		}
		v.event(number, e)
	case kindManifest:
		v.signed, v.at = &signed{}, number
		if err := json.Unmarshal(data, v.signed); err != nil {
			v.find(number, "", 0, "the manifest cannot be read: %v", err)
		}
	default:
		v.find(number, "", 0, "unknown kind of line %q", kind.Kind)
	}
}

func (v *verification) event(number int, e Event) {
	v.report.Events++
	envelope, err := chain.ParseEnvelope(e.Stored.Envelope)
	if err != nil {
		v.find(number, e.Subject, e.Revision, "the envelope cannot be read")
		return
	}
	c := v.chains[envelope.Subject]
	if c == nil {
		c = &chained{verifier: chain.NewVerifier(envelope.Subject)}
		v.chains[envelope.Subject] = c
		v.report.Subjects++
	}
	if e.Redacted {
		v.report.Redacted++
	}
	if envelope.Type == "incident.entry_redacted" {
		var facts incidentv1.EntryRedactedFacts
		if proto.Unmarshal(e.Stored.Facts, &facts) == nil {
			c.explained = append(c.explained, facts.GetEntry())
		}
	}
	// The first broken link of a chain breaks all that follow: tell it once.
	if !c.broken {
		if err := c.verify(e); err != nil {
			c.broken = true
			v.find(number, envelope.Subject, envelope.Revision, "%s", problem(err))
		}
	}
	if name := differs(e, describe(envelope, e.Stored, e.Redacted)); name != "" {
		v.find(number, envelope.Subject, envelope.Revision, "%s is not what the stored bytes say", name)
	}
}

func (c *chained) verify(e Event) error {
	data, err := proto.Marshal(&logv1.Commit{Records: []*logv1.Record{{
		Envelope: e.Stored.Envelope, Facts: e.Stored.Facts, Content: e.Stored.Content, Salt: e.Stored.Salt, Redacted: e.Redacted,
	}}})
	if err != nil {
		return err
	}
	return c.verifier.Commit(data)
}

// problem says a fault in words.
func problem(err error) string {
	var fault *chain.VerifyError
	if !errors.As(err, &fault) {
		return err.Error()
	}
	switch fault.Fault {
	case chain.FaultRevision:
		return fmt.Sprintf("the chain breaks: revision %d is missing here", fault.Revision)
	case chain.FaultLink:
		return "the chain breaks: the event does not follow the one before it"
	case chain.FaultFacts:
		return "the facts were changed"
	case chain.FaultContent:
		return "the content was changed, or taken away without a redaction"
	case chain.FaultRedaction:
		return "the event is marked as redacted but has content"
	case chain.FaultClock:
		return "the time at which it was written down lies before that of the event before it"
	case chain.FaultEvent:
		return "the event's id is missing or occurs twice"
	case chain.FaultSubject:
		return "the event belongs to another subject"
	}
	return err.Error()
}

// differs names the first readable field that is not derived from the stored
// bytes. A part that this version cannot read is not compared.
func differs(got, want Event) string {
	switch {
	case got.Subject != want.Subject:
		return "subject"
	case got.Revision != want.Revision:
		return "revision"
	case got.Type != want.Type:
		return "type"
	case got.EventID != want.EventID:
		return "event_id"
	case !got.OccurredTime.Equal(want.OccurredTime):
		return "occurred_time"
	case !got.RecordedTime.Equal(want.RecordedTime):
		return "recorded_time"
	case got.Actor != want.Actor:
		return "actor"
	case got.Hash != want.Hash:
		return "hash"
	case want.Facts != nil && !sameJSON(got.Facts, want.Facts):
		return "facts"
	case want.Content != nil && !sameJSON(got.Content, want.Content):
		return "content"
	case len(got.Stored.Facts) == 0 && len(got.Facts) > 0:
		return "facts"
	case len(got.Stored.Content) == 0 && len(got.Content) > 0:
		return "content"
	}
	return ""
}

// end checks what can be known only when everything was seen.
func (v *verification) end() {
	subjects := make([]string, 0, len(v.chains))
	for subject := range v.chains {
		subjects = append(subjects, subject)
	}
	slices.Sort(subjects)
	for _, subject := range subjects {
		c := v.chains[subject]
		for _, revision := range c.verifier.Redacted() {
			if !slices.Contains(c.explained, revision) {
				v.find(0, subject, revision, "the content is gone and no event says that it was redacted")
			}
		}
	}
	if v.signed == nil {
		v.find(0, "", 0, "the manifest is missing: the file was cut off")
		return
	}
	v.manifest()
}

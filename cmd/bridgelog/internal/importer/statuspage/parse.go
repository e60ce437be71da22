package statuspage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
)

// Options change how a file is read. The zero value is fine.
type Options struct {
	// System replaces "statuspage:<page>" in external references, for sources
	// whose page is known under another id.
	System string
	// ResolveOpen takes as resolved what the source never said was over, at the
	// time when it was last seen, and says so.
	ResolveOpen bool
}

// Parse reads a file, plain or gzip, in any of the formats. Lines that cannot be
// read are among the batch's problems; an error means that nothing could be.
func Parse(r io.Reader, o Options) (importer.Batch, error) {
	data, err := importer.ReadAll(r)
	if err != nil {
		return importer.Batch{}, err
	}
	c := newCollector(o)
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")) {
		if err := c.feed(data); err != nil {
			return importer.Batch{}, err
		}
		return c.batch(), nil
	}
	if single(data) {
		var d document
		if err := json.Unmarshal(data, &d); err != nil {
			return importer.Batch{}, explain(data, err)
		}
		if err := c.value(1, data, d); err != nil {
			return importer.Batch{}, err
		}
		return c.batch(), nil
	}
	for number, line := range importer.Lines(data) {
		var d document
		err := json.Unmarshal(line, &d)
		if err == nil {
			err = c.value(number, line, d)
		}
		if err != nil {
			c.problem(number, err)
		}
	}
	return c.batch(), nil
}

// single tells one JSON value, which may span lines, from one value a line.
func single(data []byte) bool {
	lines := 0
	for _, line := range importer.Lines(data) {
		if lines++; lines == 1 && !bytes.HasSuffix(line, []byte("}")) {
			return true
		}
		if lines == 2 {
			return !bytes.HasPrefix(line, []byte("{"))
		}
	}
	return true
}

// explain says where a JSON document is broken.
func explain(data []byte, err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		line := 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
		return fmt.Errorf("line %d: %w", line, err)
	}
	return err
}

// value takes one JSON value, whatever it is.
func (c *collector) value(line int, raw []byte, d document) error {
	c.seenAt = d.ObservedAt.Time
	if d.LastSeenAt.After(c.seenAt) {
		c.seenAt = d.LastSeenAt.Time
	}
	switch {
	case d.Summary != nil:
		return c.page(line, *d.Summary)
	case d.Incident != nil:
		return c.incident(line, *d.Incident, d.Page.ID)
	case d.Maintenance != nil:
		return c.version(line, *d.Maintenance, d.Page.ID, true)
	case d.EntryID != "":
		return c.entry(line, raw)
	case d.IncidentUpdates != nil:
		return c.bare(line, raw, d.Page.ID)
	case d.Incidents != nil || d.Maintenances != nil || d.Components != nil:
		return c.page(line, d)
	case d.Component != nil:
		return fmt.Errorf("is about a component alone: %w", errNoIncident)
	}
	return errNoIncident
}

// incident takes the value under the key "incident", which is Google's or
// Statuspage's.
func (c *collector) incident(line int, in eitherIncident, pageID string) error {
	if in.ExternalDesc != nil {
		c.google(line, in.ID, in.googleIncident)
		return nil
	}
	return c.version(line, in.wireIncident, pageID, false)
}

// bare takes an incident that stands for itself.
func (c *collector) bare(line int, raw json.RawMessage, pageID string) error {
	var in wireIncident
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	return c.version(line, in, pageID, false)
}

// page takes a summary or incidents document.
func (c *collector) page(line int, d document) error {
	if d.Components != nil {
		var components []wireComponent
		if err := json.Unmarshal(d.Components, &components); err != nil {
			return err
		}
		c.components(components)
	}
	var err error
	for _, in := range d.Incidents {
		err = errors.Join(err, c.version(line, in, d.Page.ID, false))
	}
	for _, in := range d.Maintenances {
		err = errors.Join(err, c.version(line, in, d.Page.ID, true))
	}
	return err
}

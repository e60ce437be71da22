package row

import (
	"encoding/binary"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Signature begins a stream of rows in PostgreSQL's binary form of COPY, Trailer
// ends it (see the manual, COPY, "Binary Format").
const (
	Signature = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"
	Trailer   = "\xff\xff"
)

// epoch is where PostgreSQL's clock begins, in microseconds since 1970.
const epoch = 946684800000000

// AppendBinary appends the row in the binary form of COPY, in the order of
// [EntryColumns].
func (r *Entry) AppendBinary(b []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, entryColumns)
	b = appendText(b, r.IncidentID)
	b = appendNumber(b, int64(r.Revision))
	b = appendText(b, storable(r.Type))
	b = appendText(b, r.EventID)
	b = appendTime(b, r.OccurredAt)
	b = appendTime(b, r.RecordedAt)
	b = appendText(b, string(r.Actor))
	for _, s := range []string{r.Headline, r.Text, r.Original, r.Label, r.Author} {
		b = appendText(b, storable(s))
	}
	b = appendNumber(b, int64(r.Target))
	for _, v := range []bool{r.Edited, r.Pinned, r.Hidden, r.Redacted, r.Curation, r.ClockAdjusted} {
		b = appendBool(b, v)
	}
	return b
}

const entryColumns = 19

func appendText(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

func appendNumber(b []byte, n int64) []byte {
	b = binary.BigEndian.AppendUint32(b, 8)
	return binary.BigEndian.AppendUint64(b, uint64(n))
}

func appendTime(b []byte, t time.Time) []byte { return appendNumber(b, t.UnixMicro()-epoch) }

func appendBool(b []byte, v bool) []byte {
	b = binary.BigEndian.AppendUint32(b, 1)
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// ParseBinary reads a row that AppendBinary wrote. The result shares no memory
// with it. It panics on anything else.
func ParseBinary(b []byte) Entry {
	p := parser{rest: b[2:]}
	var r Entry
	r.IncidentID, r.Revision, r.Type, r.EventID = p.text(), uint64(p.number()), p.text(), p.text()
	r.OccurredAt, r.RecordedAt = p.time(), p.time()
	r.Actor = incident.PersonID(p.text())
	for _, s := range []*string{&r.Headline, &r.Text, &r.Original, &r.Label, &r.Author} {
		*s = p.text()
	}
	r.Target = uint64(p.number())
	for _, v := range []*bool{&r.Edited, &r.Pinned, &r.Hidden, &r.Redacted, &r.Curation, &r.ClockAdjusted} {
		*v = p.next()[0] == 1
	}
	return r
}

// parser reads the fields of a row one after the other.
type parser struct{ rest []byte }

func (p *parser) next() []byte {
	n := binary.BigEndian.Uint32(p.rest)
	field := p.rest[4 : 4+n]
	p.rest = p.rest[4+n:]
	return field
}

func (p *parser) text() string { return string(p.next()) }

func (p *parser) number() int64 { return int64(binary.BigEndian.Uint64(p.next())) }

func (p *parser) time() time.Time { return time.UnixMicro(p.number() + epoch).UTC() }

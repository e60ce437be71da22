package row_test

import (
	"bytes"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// FuzzParseBinary keeps entries with any text in them: what comes back is written as
// the same bytes, and PostgreSQL can store it.
func FuzzParseBinary(f *testing.F) {
	f.Add("inc1", "Checkout returns 502", "first text", uint64(1), int64(1_764_400_000_000_000), byte(0))
	f.Add("", "", "a\x00b\xff", uint64(1<<63), int64(-1), byte(0xff))
	f.Add("inc1", "\xf0\x9f\x94", "☃\r\n", uint64(0), int64(0), byte(0x2a))
	f.Fuzz(func(t *testing.T, id, headline, text string, number uint64, at int64, flags byte) {
		when := time.UnixMicro(at % (1 << 52)).UTC()
		is := func(bit int) bool { return flags&(1<<bit) != 0 }
		e := row.Entry{IncidentID: id, Entry: view.Entry{
			Revision: number, Type: "incident.noted", EventID: id, OccurredAt: when, RecordedAt: when, Actor: incident.PersonID(id),
			Headline: headline, Text: text, Original: text, Target: number,
			Edited: is(0), Pinned: is(1), Hidden: is(2), Redacted: is(3), Curation: is(4), ClockAdjusted: is(5),
		}}
		written := e.AppendBinary(nil)
		got := row.ParseBinary(written)
		if again := got.AppendBinary(nil); !bytes.Equal(again, written) {
			t.Errorf("%+v came back as %+v", e, got)
		}
		if !utf8.ValidString(got.Text) || !utf8.ValidString(got.Headline) || bytes.IndexByte([]byte(got.Text), 0) >= 0 {
			t.Errorf("the database would refuse %q, %q", got.Headline, got.Text)
		}
	})
}

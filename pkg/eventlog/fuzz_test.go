package eventlog_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

func FuzzCheckSubject(f *testing.F) {
	for _, seed := range []string{"incident.a", "redaction.7", "redaction.07", "catalog.person.ada", "number.1", "a", "a.", ".a", "incident.*", "incident.>", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, subject string) {
		matching := slices.ContainsFunc(eventlog.Filters(), func(filter string) bool { return eventlog.Match(filter, subject) })
		if err := eventlog.CheckSubject(subject); err != nil && !errors.Is(err, eventlog.ErrInvalid) || err == nil && !matching {
			t.Errorf("%q: %v, matches %v", subject, err, matching)
		}
		if sequence, ok := eventlog.RedactedSequence(subject); ok && eventlog.RedactionSubject(sequence) != subject {
			t.Errorf("%q explains %d", subject, sequence)
		}
	})
}

// FuzzReplacementOf reads replacements from damaged records.
func FuzzReplacementOf(f *testing.F) {
	f.Add("redaction.7", []byte{})
	f.Add("redaction.7", []byte{0x0a, 0x02, 0xff, 0xff})
	f.Add("incident.a", []byte("x"))
	f.Fuzz(func(t *testing.T, subject string, data []byte) {
		m, err := eventlog.ReplacementOf(eventlog.Message{Subject: subject, Data: data})
		if err == nil && (!m.Replaced || eventlog.RedactionSubject(m.Sequence) != subject) {
			t.Errorf("%q: %+v", subject, m)
		}
		if err != nil && !errors.Is(err, eventlog.ErrInvalid) && !errors.Is(err, eventlog.ErrNoReplacement) && !errors.Is(err, chain.ErrMalformed) {
			t.Errorf("%q: an error of another kind: %v", subject, err)
		}
	})
}

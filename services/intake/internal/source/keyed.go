package source

import (
	"strconv"
	"strings"
	"time"
)

// moment reads a time as senders write them, or returns otherwise when there is none
// that can be stored, or one after the signal arrived.
func moment(s string, received, otherwise time.Time) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700"} {
		if t, err := time.Parse(layout, s); err == nil && storable(t) && !t.After(received) {
			return t.UTC().Truncate(time.Microsecond)
		}
	}
	return otherwise.UTC().Truncate(time.Microsecond)
}

// milliseconds reads a number of milliseconds since 1970 in the same way.
func milliseconds(s string, received, otherwise time.Time) time.Time {
	if n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64); err == nil {
		if t := time.UnixMilli(n); storable(t) && !t.After(received) {
			return t.UTC().Truncate(time.Microsecond)
		}
	}
	return otherwise.UTC().Truncate(time.Microsecond)
}

// one is the batch of a sender that tells of one alert, found by its key alone.
func one(a Alert) Batch {
	a.Keyed = true
	if a.Title == "" {
		a.Title = "Alert without a name"
	}
	if a.Firing {
		a.EndsAt = time.Time{}
	} else if a.EndsAt.Before(a.StartsAt) {
		a.EndsAt = a.StartsAt
	}
	a.Labels, a.Annotations = bounded(present(a.Labels)), bounded(present(a.Annotations))
	return Batch{GroupKey: a.Fingerprint, Alerts: []Alert{a}}
}

// alone adds an alert, found by its key alone, that has nothing to do with the others of the
// batch but that they came together.
func (b *Batch) alone(a Alert) {
	said := one(a)
	if len(b.Alerts) == 0 {
		b.GroupKey = said.GroupKey
	}
	a = said.Alerts[0]
	a.GroupKey = a.Fingerprint
	b.Alerts = append(b.Alerts, a)
}

// alike adds an alert as alone does, which belongs to those with the same labels.
func (b *Batch) alike(a Alert) {
	b.alone(a)
	if last := &b.Alerts[len(b.Alerts)-1]; len(last.Labels) > 0 {
		last.GroupKey = fingerprint(last.Labels)
	}
}

// nothing is the batch of a request that is understood and tells of no alert. It is kept
// as evidence.
func nothing() Batch { return Batch{GroupKey: "none"} }

// maxName bounds who said something, in bytes.
const maxName = 256

// remarked is the batch of one remark about the alert of a fingerprint. A note without
// words says nothing.
func remarked(fingerprint string, acknowledges bool, said, by string) Batch {
	r := Remark{
		Fingerprint: fingerprint, Acknowledges: acknowledges,
		Text: strings.TrimSpace(clip(text(said), maxRemark)), SaidBy: clip(oneLine(by), maxName),
	}
	if r.Text == "" && !acknowledges {
		return nothing()
	}
	return Batch{GroupKey: fingerprint, Remarks: []Remark{r}}
}

// word is the text of a field that is a string, a number or absent.
type word string

// UnmarshalJSON takes what senders write for an id: "1" and 1 are the same.
func (w *word) UnmarshalJSON(data []byte) error {
	if s := plain(data); s != "null" {
		*w = word(s)
	}
	return nil
}

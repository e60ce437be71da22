package source

import (
	"strconv"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/derived"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Bounds of what is kept of one change, in bytes. They are those of RecordChange; the raw
// signal keeps the whole.
const (
	maxChangeKey   = 512
	maxChangeFact  = 256
	maxChangeText  = 8 << 10
	longestVersion = 12 // letters of a commit's hash, which tell it apart
)

// changed is the batch of a request that reports a change, in what can be stored. A key
// that is too long is replaced by its digest.
func changed(r change.Report) Batch {
	if r.Key = incident.Sanitize(r.Key); len(r.Key) > maxChangeKey {
		r.Key = derived.ID(r.Key)
	}
	for _, fact := range []*string{&r.Service, &r.Environment, &r.Version, &r.AuthorName} {
		*fact = clip(strings.TrimSpace(incident.Sanitize(*fact)), maxChangeFact)
	}
	if r.Title = oneLine(r.Title); r.Title == "" {
		r.Title = "Change without a name"
	}
	r.Description, r.Link = clip(text(r.Description), maxChangeText), link(r.Link)
	r.Labels = bounded(present(r.Labels))
	return Batch{GroupKey: "change", Changes: []change.Report{r}}
}

// reported adds a report of a change to a batch. Of a change that is in it already it says
// more.
func (b *Batch) reported(r change.Report) {
	said := changed(r)
	if len(b.Alerts)+len(b.Changes) == 0 {
		b.GroupKey = said.GroupKey
	}
	for i := range b.Changes {
		if b.Changes[i].Key == said.Changes[0].Key {
			b.Changes[i] = change.Merge(b.Changes[i], said.Changes[0])
			return
		}
	}
	b.Changes = append(b.Changes, said.Changes...)
}

// instant reads a time of a change as machines write them; zero when there is none that
// can be believed: one that cannot be stored, or lies after the arrival. The time of the
// arrival is no substitute, since the same report that comes again has another one.
func instant(s string, received time.Time) time.Time {
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02 15:04:05 UTC", "2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05.999999999Z0700",
	} {
		t, err := time.Parse(layout, strings.TrimSpace(s))
		if err != nil {
			continue
		}
		return believed(t, received)
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return believed(time.Unix(n, 0), received) // as GitHub writes it in pushes
	}
	return time.Time{}
}

func believed(t, received time.Time) time.Time {
	if t.Year() < 1971 || t.After(received.Add(time.Minute)) {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// kindOf guesses what was changed from words about it.
func kindOf(words string, otherwise change.Kind) change.Kind {
	words = strings.ToLower(words)
	for _, k := range []struct {
		kind  change.Kind
		names []string
	}{
		{change.Rollback, []string{"rollback", "roll back", "rolled back"}},
		{change.Migration, []string{"migrat"}},
		{change.Flag, []string{"feature flag", "feature-flag", "flag "}},
		{change.Deployment, []string{"deploy", "rollout"}},
		{change.Configuration, []string{"config"}},
	} {
		for _, name := range k.names {
			if strings.Contains(words, name) {
				return k.kind
			}
		}
	}
	return otherwise
}

// shortHash shortens what is the hash of a commit.
func shortHash(s string) string {
	if len(s) < 40 || strings.Trim(s, "0123456789abcdef") != "" {
		return s
	}
	return s[:longestVersion]
}

// pushKey is the key of a push within its repository. A branch may be moved to a commit
// where it was before, which is another push.
func pushKey(before, after string) string { return "push/" + before + ".." + after }

// at dates a report: its end when nothing more is to come, else its begin.
func at(r change.Report, t time.Time) change.Report {
	if r.Outcome.Final() {
		r.EndedAt = t
	} else {
		r.StartedAt = t
	}
	return r
}

// lastPart is the name of a repository without its owner.
func lastPart(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

package document_test

import (
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// TestOnlyWordsOfStatuspageAreStatuses: clients know no others. What another system
// called something is kept inside.
func TestOnlyWordsOfStatuspageAreStatuses(t *testing.T) {
	t.Parallel()
	imported := func(source string, status incident.Status) incident.PublicUpdatePublished {
		u := said("u-"+source, "", "text", status)
		u.SourceStatus = source
		return u
	}
	for name, c := range map[string]struct {
		kind    incident.Kind
		updates []incident.Event
		want    []string
	}{
		"a word of planned work": {incident.Maintenance, []incident.Event{
			imported("scheduled", incident.StatusInvestigating), imported("in_progress", incident.StatusIdentified), imported("completed", incident.StatusResolved),
		}, []string{"scheduled", "in_progress", "completed"}},
		"a word of somebody else": {0, []incident.Event{
			imported("service_outage", incident.StatusInvestigating), imported("available", incident.StatusResolved),
		}, []string{"investigating", "resolved"}},
		"no word for how it stands": {0, []incident.Event{
			imported("identified", incident.StatusIdentified), imported("update", incident.StatusUnknown),
		}, []string{"identified", "identified"}},
		"none at all":  {0, []incident.Event{imported("update", incident.StatusUnknown)}, []string{"investigating"}},
		"none of work": {incident.Maintenance, []incident.Event{imported("update", incident.StatusUnknown)}, []string{"scheduled"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := story(append([]incident.Event{incident.Declared{Title: "Trouble", Kind: c.kind}}, c.updates...)...)
			var got []string
			for _, u := range doc.GetUpdates() {
				got = append(got, u.GetStatus())
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

package page_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/page"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

func at(minute int) time.Time { return time.Date(2026, 1, 2, 3, minute, 0, 0, time.UTC) }

func requested() page.Requested {
	return page.Requested{
		Alert: "alert1", Route: "critical", Urgency: catalogv1.Urgency_URGENCY_HIGH, Severity: incident.SEV2, At: at(0),
		Whom: page.Whom{
			Team: "payments", Service: "checkout", NotBefore: at(1), Sequence: 7, Revision: 2,
			Recipients: []page.Recipient{
				{Person: "p1", Revision: 1, Ways: []page.Way{{Number: 1, Type: catalogv1.ContactType_CONTACT_TYPE_EMAIL, Integration: "mail"}}},
				{Person: "p2", Revision: 2, Problem: page.NoWay},
			},
		},
	}
}

func outcome(attempt int) page.Outcome {
	return page.Outcome{Person: "p1", Way: 1, Attempt: attempt, At: at(attempt), Reason: "timeout", Problem: "no answer"}
}

// drafter is an event.
type drafter interface {
	Draft(eventID string) (chain.Draft, error)
}

// given folds events as the log keeps them.
func given(t *testing.T, events ...drafter) page.State {
	t.Helper()
	var s page.State
	for _, e := range events {
		d, err := e.Draft("event")
		if err != nil {
			t.Fatal(err)
		}
		data, _, err := chain.Seal(s.Head, page.Subject("x"), []chain.Draft{d}, chain.Request{}, at(9), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if s, err = page.Fold(s, data); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestEventsAreReadBackAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	s := given(t, requested(), page.Attempted{Outcome: outcome(1)}, page.Failed{Outcome: outcome(2)},
		page.Acknowledged{By: "p1", At: at(4)}, page.Ended{At: at(5)})
	if !reflect.DeepEqual(s.Requested, requested()) {
		t.Errorf("requested %+v", s.Requested)
	}
	if got := s.Of("p1", 1); !got.Failed || got.Outcome != outcome(2) {
		t.Errorf("told %+v", got)
	}
	if s.Acknowledged != (page.Acknowledged{By: "p1", At: at(4)}) || !s.EndedAt.Equal(at(5)) || s.Head.Revision != 5 || s.Frozen {
		t.Errorf("state %+v", s)
	}
	document, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var kept page.State
	if err := json.Unmarshal(document, &kept); err != nil || !reflect.DeepEqual(kept, s) {
		t.Errorf("kept %+v, %v", kept, err)
	}
	if _, err := page.Decode("page.later", chain.Record{}); !errors.Is(err, page.ErrUnknownType) {
		t.Errorf("a later type: %v", err)
	}
}

func TestWhatIsNews(t *testing.T) {
	t.Parallel()
	first, second := page.Attempted{Outcome: outcome(1)}, page.Attempted{Outcome: outcome(2)}
	for name, c := range map[string]struct {
		given   []drafter
		attempt int
		final   bool
		want    bool
	}{
		"the first attempt":           {nil, 1, false, true},
		"it again":                    {[]drafter{first}, 1, false, false},
		"the next":                    {[]drafter{first}, 2, false, true},
		"one before":                  {[]drafter{second}, 1, false, false},
		"the end of the same attempt": {[]drafter{first}, 1, true, true},
		"an end without an attempt":   {nil, 0, true, true},
		"after the end":               {[]drafter{page.Delivered{Outcome: outcome(1)}}, 2, false, false},
		"another end":                 {[]drafter{page.Delivered{Outcome: outcome(1)}}, 2, true, false},
	} {
		s := given(t, append([]drafter{requested()}, c.given...)...)
		if got := s.News(outcome(c.attempt), c.final); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestWhenAPageCalls(t *testing.T) {
	t.Parallel()
	shadow := requested()
	shadow.Shadow = true
	for name, c := range map[string]struct {
		given []drafter
		want  bool
	}{
		"not before it was asked for": {nil, false},
		"from then on":                {[]drafter{requested()}, true},
		"also when delivered":         {[]drafter{requested(), page.Delivered{Outcome: outcome(1)}}, true},
		"not when acknowledged":       {[]drafter{requested(), page.Acknowledged{By: "p1", At: at(1)}}, false},
		"not when over":               {[]drafter{requested(), page.Ended{At: at(1)}}, false},
		"a shadow never":              {[]drafter{shadow}, false},
	} {
		if got := given(t, c.given...).Calls(); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	s := given(t, requested(), page.Acknowledged{By: "p1", At: at(1)}, page.Acknowledged{By: "p2", At: at(2)}, page.Ended{At: at(3)}, page.Ended{At: at(4)})
	if s.Acknowledged.By != "p1" || !s.EndedAt.Equal(at(3)) {
		t.Errorf("the first of each counts: %+v", s)
	}
}

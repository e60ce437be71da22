package alert_test

import (
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
)

// next folds one more event onto a state.
func next(t *testing.T, s alert.State, d chain.Draft, err error) alert.State {
	t.Helper()
	s, err = alert.Fold(s, seal(t, s, d, err))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheFirstAcknowledgmentCounts(t *testing.T) {
	d, err := fired().Draft("e1")
	s := next(t, alert.State{}, d, err)
	if s.IsAcknowledged() {
		t.Fatal("acknowledged by nobody")
	}
	first := alert.Acknowledged{By: "ada", At: began().Add(time.Second), SignalID: "s", Note: "mine", SaidBy: "Ada"}
	d, err = first.Draft("e2")
	s = next(t, s, d, err)
	d, err = alert.Acknowledged{By: "eve", At: began().Add(2 * time.Second)}.Draft("e3")
	s = next(t, s, d, err)
	want := first
	want.Note, want.SaidBy = "", "" // a state keeps no words
	if s.Acknowledged != want || s.Ended() || s.Frozen {
		t.Fatalf("got %+v", s)
	}
	d, err = alert.Noted{By: "eve", At: began(), Text: "disk"}.Draft("e4")
	if s = next(t, s, d, err); s.Notes != 1 || s.Head.Revision != 4 {
		t.Fatalf("after a note: %+v", s)
	}
}

func TestWhatPeopleDoIsReadBack(t *testing.T) {
	ack := alert.Acknowledged{By: "ada", At: began(), SignalID: "s", Note: "mine", SaidBy: "Ada"}
	note := alert.Noted{By: "ada", At: began(), SignalID: "s", Text: "disk", SaidBy: "Ada"}
	for want, draft := range map[any]func(string) (chain.Draft, error){ack: ack.Draft, note: note.Draft} {
		d, err := draft("e")
		data := seal(t, alert.State{}, d, err)
		if !d.Ignorable {
			t.Errorf("%s stops older versions", d.Type)
		}
		for _, redacted := range []bool{false, true} {
			if redacted {
				if data, err = chain.RedactCommit(data, 1); err != nil {
					t.Fatal(err)
				}
				ack.Note, ack.SaidBy, note.Text, note.SaidBy = "", "", "", ""
				if _, isAck := want.(alert.Acknowledged); isAck {
					want = ack
				} else {
					want = note
				}
			}
			commit, err := chain.Open(data)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := alert.Decode(d.Type, commit.Records[0]); err != nil || got != want {
				t.Errorf("redacted %v: got %+v, %v; want %+v", redacted, got, err, want)
			}
		}
	}
}

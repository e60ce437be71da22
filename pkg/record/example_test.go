package record_test

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
)

// An event on its way into the log and out of it again.
func Example() {
	draft, err := record.Encode(incident.NoteAdded{Text: "pool is exhausted"})
	if err != nil {
		fmt.Println(err)
		return
	}
	draft.EventID, draft.Actor = "01957c3e-1b5c-7d2e-8000-000000000001", "p-ann"
	data, _, err := chain.Seal(chain.Head{}, "incident.inc-41", []chain.Draft{draft}, chain.Request{}, time.Now(), rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}

	commit, err := chain.Open(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range commit.Records {
		recorded, err := record.Decode(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s %d %s %+v\n", recorded.Incident, recorded.Revision, recorded.Event.Type(), recorded.Event)
	}
	// Output:
	// inc-41 1 incident.note_added {Text:pool is exhausted Label: Author:}
}

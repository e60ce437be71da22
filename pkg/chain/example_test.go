package chain_test

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
)

// Seal two events, take the content of one away, and verify what is left.
func Example() {
	drafts := []chain.Draft{
		{EventID: "event-1", Type: "incident.declared", Actor: "person-1", Content: []byte("Checkout returns 502")},
		{EventID: "event-2", Type: "incident.noted", Actor: "person-1", Content: []byte("the customer is Ms Example")},
	}
	data, head, err := chain.Seal(chain.Head{}, "incident.a", drafts, chain.Request{}, time.Now(), rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	redacted, err := chain.RedactCommit(data, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	v := chain.NewVerifier("incident.a")
	fmt.Println(v.Commit(redacted), v.Head() == head, v.Redacted())
	// Output: <nil> true [2]
}

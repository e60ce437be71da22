package eventlog_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
)

// Append two commits of one incident; a writer that does not know the second
// gets a conflict.
func Example() {
	ctx, log := context.Background(), memory.New(memory.Options{})
	var head chain.Head
	commit := func(id string) []byte {
		draft := chain.Draft{EventID: id, Type: "incident.noted", Actor: "person-1"}
		data, next, err := chain.Seal(head, "incident.a", []chain.Draft{draft}, chain.Request{}, time.Now(), rand.Reader)
		if err != nil {
			panic(err)
		}
		head = next
		return data
	}
	first, err := log.Append(ctx, eventlog.Append{Subject: "incident.a", Data: commit("event-1")})
	fmt.Println(first.Sequence, err)
	second, err := log.Append(ctx, eventlog.Append{Subject: "incident.a", Expect: first.Sequence, Data: commit("event-2")})
	fmt.Println(second.Sequence, err)
	_, err = log.Append(ctx, eventlog.Append{Subject: "incident.a", Expect: first.Sequence, Data: commit("event-3")})
	fmt.Println(errors.Is(err, eventlog.ErrConflict))
	// Output:
	// 1 <nil>
	// 2 <nil>
	// true
}

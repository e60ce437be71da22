package eventlogtest

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// Aggregate seals the commits of one subject, as a writer does.
type Aggregate struct {
	// Subject is the aggregate's subject.
	Subject string
	// Head is the end of its chain.
	Head chain.Head
	// Last is the sequence of its last message.
	Last uint64

	t testing.TB
}

// NewAggregate begins a chain.
func NewAggregate(t testing.TB, subject string) *Aggregate {
	return &Aggregate{Subject: subject, t: t}
}

// Seal makes the commit that would be next, with one event for each content.
// The aggregate does not move on.
func (a *Aggregate) Seal(contents ...string) eventlog.Append {
	a.t.Helper()
	data, _ := a.seal(contents)
	return eventlog.Append{Subject: a.Subject, Expect: a.Last, Data: data}
}

func (a *Aggregate) seal(contents []string) ([]byte, chain.Head) {
	a.t.Helper()
	drafts := make([]chain.Draft, len(contents))
	for i, content := range contents {
		drafts[i] = chain.Draft{
			EventID: rand.Text(), Type: "test.noted", Actor: "tester",
			Facts: fmt.Appendf(nil, "facts-%d", i), Content: []byte(content),
		}
	}
	data, head, err := chain.Seal(a.Head, a.Subject, drafts, chain.Request{ID: rand.Text(), Body: []byte("request")}, time.Now(), rand.Reader)
	if err != nil {
		a.t.Fatalf("seal: %v", err)
	}
	return data, head
}

// Append seals and appends a commit, which must succeed.
func (a *Aggregate) Append(log eventlog.Log, contents ...string) eventlog.Position {
	a.t.Helper()
	request := a.Seal(contents...)
	position, err := log.Append(a.t.Context(), request)
	if err != nil {
		a.t.Fatalf("append to %s: %v", a.Subject, err)
	}
	a.Accept(request, position)
	return position
}

// Accept moves the aggregate on to a commit that the log took.
func (a *Aggregate) Accept(request eventlog.Append, position eventlog.Position) {
	a.t.Helper()
	head, err := chain.HeadOf(request.Data)
	if err != nil {
		a.t.Fatalf("head: %v", err)
	}
	a.Head, a.Last = head, position.Sequence
}

// Redaction asks to redact a revision of the aggregate, with an entry that says
// so.
func (a *Aggregate) Redaction(revision uint64) eventlog.Redaction {
	a.t.Helper()
	return eventlog.Redaction{Subject: a.Subject, Revision: revision, Entry: a.Seal(fmt.Sprintf("redacted %d", revision))}
}

// Verify proves that the messages are the aggregate's whole chain.
func (a *Aggregate) Verify(messages []eventlog.Message) *chain.Verifier {
	a.t.Helper()
	v := chain.NewVerifier(a.Subject)
	for _, m := range messages {
		if err := v.Commit(m.Data); err != nil {
			a.t.Fatalf("message %d: %v", m.Sequence, err)
		}
	}
	if v.Head() != a.Head {
		a.t.Fatalf("%s ends at revision %d, want %d", a.Subject, v.Head().Revision, a.Head.Revision)
	}
	return v
}

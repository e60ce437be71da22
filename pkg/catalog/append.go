package catalog

import (
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// maxStaged is how many changes go with their commit into one atomic batch.
const maxStaged = eventlog.MaxBatch - 1

// Author is who applies, when and why.
type Author struct {
	// Actor and Principal are as in an envelope.
	Actor, Principal string
	// Request is the caller's request.
	Request chain.Request
	// Now is the present.
	Now time.Time
	// Random makes salts, NewEventID event ids, NewID the id of the apply.
	Random     io.Reader
	NewEventID func() (string, error)
	NewID      func() (string, error)
}

// Batches seals changes into what has to be appended, in order: batches of staged
// changes, the last of which also holds the commit. Until that one is appended
// nothing is visible. A conflict of any means that the catalog moved on since s:
// plan again, under a new apply. No changes need no batches.
func Batches(s *State, changes []Change, by Author) ([][]eventlog.Append, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	apply, err := by.NewID()
	if err != nil {
		return nil, err
	}
	staged := make([]eventlog.Append, 0, len(changes)+1)
	digest := sha256.New()
	for _, c := range changes {
		a, hash, err := by.stage(s, apply, c)
		if err != nil {
			return nil, err
		}
		_, _ = digest.Write(hash[:])
		staged = append(staged, a)
	}
	committed, err := by.commit(s, &catalogv1.ApplyCommittedFacts{
		ApplyId: apply, Digest: digest.Sum(nil), Count: uint32(len(changes)),
	})
	if err != nil {
		return nil, err
	}
	var batches [][]eventlog.Append
	for len(staged) > maxStaged {
		batches = append(batches, staged[:maxStaged])
		staged = staged[maxStaged:]
	}
	return append(batches, append(staged, committed)), nil
}

func (by Author) stage(s *State, apply string, c Change) (eventlog.Append, chain.Hash, error) {
	r := c.Resource
	facts := &catalogv1.ResourceStagedFacts{
		ApplyId: apply, Kind: r.Kind, Id: r.ID, ManagedBy: r.ManagedBy, Operation: catalogv1.Operation_OPERATION_DELETE,
	}
	var content proto.Message
	if c.Kind != catalogv1.ChangeKind_CHANGE_KIND_DELETE {
		facts.Operation = catalogv1.Operation_OPERATION_PUT
		if !r.TokenHash.IsZero() {
			facts.TokenHash = r.TokenHash[:]
		}
		spec, err := proto.Marshal(r.Spec)
		if err != nil {
			return eventlog.Append{}, chain.Hash{}, fmt.Errorf("encode %s: %w", r.Key(), err)
		}
		content = &catalogv1.ResourceStagedContent{Name: r.Name, Spec: spec}
	}
	return by.seal(s, r.Subject(), typeStaged, facts, content, chain.Request{TraceParent: by.Request.TraceParent})
}

func (by Author) commit(s *State, facts *catalogv1.ApplyCommittedFacts) (eventlog.Append, error) {
	a, _, err := by.seal(s, headSubject, typeCommitted, facts, nil, by.Request)
	return a, err
}

func (by Author) seal(s *State, subject, typ string, facts, content proto.Message, req chain.Request) (eventlog.Append, chain.Hash, error) {
	id, err := by.NewEventID()
	if err != nil {
		return eventlog.Append{}, chain.Hash{}, err
	}
	// A version that does not know of erasures loses nothing by passing over them.
	d := chain.Draft{EventID: id, Type: typ, Actor: by.Actor, Principal: by.Principal, Ignorable: typ == typeErased}
	if d.Facts, err = proto.Marshal(facts); err != nil {
		return eventlog.Append{}, chain.Hash{}, fmt.Errorf("encode facts of %s: %w", subject, err)
	}
	if content != nil {
		if d.Content, err = proto.Marshal(content); err != nil {
			return eventlog.Append{}, chain.Hash{}, fmt.Errorf("encode content of %s: %w", subject, err)
		}
	}
	h := s.head(subject)
	data, end, err := chain.Seal(h.chain, subject, []chain.Draft{d}, req, by.Now, by.Random)
	if err != nil {
		return eventlog.Append{}, chain.Hash{}, err
	}
	return eventlog.Append{Subject: subject, Expect: h.sequence, Data: data}, end.Hash, nil
}

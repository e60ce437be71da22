package catalog

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Types of the catalog's events.
const (
	typeStaged    = "catalog.resource_staged"
	typeCommitted = "catalog.apply_committed"
	typeErased    = "catalog.resource_erased"
)

// headSubject is where applies become visible.
const headSubject = "catalog.apply.head"

// head is the end of one subject, stale changes included: the next change of the
// subject continues it.
type head struct {
	chain    chain.Head
	sequence uint64
}

// staging is an apply that is not committed yet.
type staging struct {
	changes []staged
	digest  hash.Hash
}

type staged struct {
	operation catalogv1.Operation
	resource  *Resource
}

// request is a committed apply that can be repeated.
type request struct {
	sequence uint64
	commit   []byte
}

// Fold reads the catalog's messages in the order of the log. Its zero value is
// not usable; call [NewFold]. It is not safe for concurrent use.
type Fold struct {
	visible  map[string]*Resource // by id
	names    map[string][]string  // ids that ever bore a name, by "kind/name"
	heads    map[string]head
	pending  map[string]*staging
	requests map[string]request
	sequence uint64
	frozen   bool
	snapshot *State
}

// NewFold returns the fold of an empty catalog.
func NewFold() *Fold {
	return &Fold{
		visible: map[string]*Resource{}, names: map[string][]string{}, heads: map[string]head{},
		pending: map[string]*staging{}, requests: map[string]request{},
	}
}

// Apply folds one message of [eventlog.FilterCatalog]. It reports whether
// something became visible. [ErrCorrupt] means that a commit does not match what
// was staged for it.
func (f *Fold) Apply(m eventlog.Message) (bool, error) {
	c, err := chain.Open(m.Data)
	if err != nil {
		return false, fmt.Errorf("fold catalog message %d: %w", m.Sequence, err)
	}
	visible := false
	for i := range c.Records {
		e, err := c.Records[i].Envelope()
		if err != nil {
			return false, fmt.Errorf("fold catalog message %d: %w", m.Sequence, err)
		}
		changed, err := f.record(&c.Records[i], &e, m)
		if err != nil {
			return false, fmt.Errorf("fold catalog message %d: %w", m.Sequence, err)
		}
		visible = visible || changed
		f.heads[e.Subject] = head{
			chain:    chain.Head{Revision: e.Revision, Hash: c.Records[i].Hash(), RecordedAtMicros: e.RecordedAtMicros},
			sequence: m.Sequence,
		}
	}
	f.sequence, f.snapshot = m.Sequence, nil
	return visible, nil
}

func (f *Fold) record(r *chain.Record, e *chain.Envelope, m eventlog.Message) (bool, error) {
	switch e.Type {
	case typeStaged:
		return false, f.stage(r, e)
	case typeCommitted:
		return true, f.commit(r, e, m)
	case typeErased:
		return true, f.erase(r, e)
	}
	f.frozen = f.frozen || !e.Ignorable
	return false, nil
}

func (f *Fold) stage(r *chain.Record, e *chain.Envelope) error {
	var facts catalogv1.ResourceStagedFacts
	if err := proto.Unmarshal(r.Facts, &facts); err != nil {
		return fmt.Errorf("%w: facts of %s: %w", ErrCorrupt, e.EventID, err)
	}
	resource, err := stagedResource(r, e, &facts)
	if err != nil {
		return err
	}
	s := f.pending[facts.GetApplyId()]
	if s == nil {
		s = &staging{digest: sha256.New()}
		f.pending[facts.GetApplyId()] = s
	}
	envelope := r.Hash()
	_, _ = s.digest.Write(envelope[:])
	s.changes = append(s.changes, staged{operation: facts.GetOperation(), resource: resource})
	return nil
}

func (f *Fold) commit(r *chain.Record, e *chain.Envelope, m eventlog.Message) error {
	var facts catalogv1.ApplyCommittedFacts
	if err := proto.Unmarshal(r.Facts, &facts); err != nil {
		return fmt.Errorf("%w: facts of %s: %w", ErrCorrupt, e.EventID, err)
	}
	s := f.pending[facts.GetApplyId()]
	if s == nil || uint32(len(s.changes)) != facts.GetCount() || string(s.digest.Sum(nil)) != string(facts.GetDigest()) {
		return fmt.Errorf("%w: apply %s does not match what was staged for it", ErrCorrupt, facts.GetApplyId())
	}
	for _, c := range s.changes {
		if c.operation == catalogv1.Operation_OPERATION_DELETE {
			delete(f.visible, c.resource.ID)
		} else {
			f.visible[c.resource.ID] = c.resource
			f.named(c.resource)
		}
	}
	// Whatever else was staged before this place began from an older head and
	// cannot be committed any more.
	clear(f.pending)
	if e.RequestID != "" {
		f.requests[requestKey(e.Caller(), e.RequestID)] = request{sequence: m.Sequence, commit: m.Data}
	}
	return nil
}

// stagedResource is the resource as a staged change says. The content of an erased
// change is gone; the id stays as its name.
func stagedResource(r *chain.Record, e *chain.Envelope, facts *catalogv1.ResourceStagedFacts) (*Resource, error) {
	resource := &Resource{
		Kind: facts.GetKind(), ID: facts.GetId(), Name: facts.GetId(), Spec: &catalogv1.Spec{},
		ManagedBy: facts.GetManagedBy(), Revision: e.Revision, UpdatedAt: e.RecordedAt(),
	}
	resource.TokenHash, _ = auth.ParseHash(facts.GetTokenHash())
	if r.Redacted || facts.GetOperation() != catalogv1.Operation_OPERATION_PUT {
		return resource, nil
	}
	var content catalogv1.ResourceStagedContent
	if err := proto.Unmarshal(r.Content, &content); err != nil {
		return nil, fmt.Errorf("%w: content of %s: %w", ErrCorrupt, e.EventID, err)
	}
	resource.Name = content.GetName()
	if err := proto.Unmarshal(content.GetSpec(), resource.Spec); err != nil {
		return nil, fmt.Errorf("%w: specification of %s: %w", ErrCorrupt, e.EventID, err)
	}
	return resource, nil
}

// named remembers who bears or bore a name.
func (f *Fold) named(r *Resource) {
	if ids := f.names[r.Key()]; !slices.Contains(ids, r.ID) {
		f.names[r.Key()] = append(slices.Clip(ids), r.ID)
	}
}

// erase forgets what an erased change said, where it is still known.
func (f *Fold) erase(r *chain.Record, e *chain.Envelope) error {
	var facts catalogv1.ResourceErasedFacts
	if err := proto.Unmarshal(r.Facts, &facts); err != nil {
		return fmt.Errorf("%w: facts of %s: %w", ErrCorrupt, e.EventID, err)
	}
	kind, id, _ := strings.Cut(strings.TrimPrefix(e.Subject, "catalog."), ".")
	if have := f.visible[id]; have != nil {
		if have.Revision == facts.GetRevision() {
			f.visible[id] = &Resource{
				Kind: kind, ID: id, Name: id, Spec: &catalogv1.Spec{}, ManagedBy: have.ManagedBy,
				Revision: have.Revision, UpdatedAt: have.UpdatedAt, TokenHash: have.TokenHash,
			}
		}
		return nil
	}
	for key, ids := range f.names {
		if strings.HasPrefix(key, kind+"/") && slices.Contains(ids, id) {
			ids = slices.DeleteFunc(slices.Clone(ids), func(one string) bool { return one == id })
			if f.names[key] = ids; len(ids) == 0 {
				delete(f.names, key)
			}
		}
	}
	return nil
}

func requestKey(caller, id string) string { return caller + "\x00" + id }

// State returns what is visible now. The same State is returned until something
// was folded.
func (f *Fold) State() *State {
	if f.snapshot == nil {
		f.snapshot = newState(f)
	}
	return f.snapshot
}

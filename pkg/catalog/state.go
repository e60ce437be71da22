package catalog

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/chain"
)

// State is an immutable snapshot of the catalog. The nil State is empty.
type State struct {
	byKind   map[string][]*Resource // sorted by name
	byName   map[string]*Resource   // "kind/name"
	byID     map[string]*Resource
	byToken  map[auth.Hash]*Resource
	byEmail  map[string]*Resource // lower case
	names    map[string][]string  // as in Fold
	heads    map[string]head
	requests map[string]request
	sequence uint64
	frozen   bool
}

func newState(f *Fold) *State {
	s := &State{
		byKind: map[string][]*Resource{}, byName: make(map[string]*Resource, len(f.visible)),
		byID: maps.Clone(f.visible), byToken: map[auth.Hash]*Resource{}, byEmail: map[string]*Resource{},
		names: maps.Clone(f.names), heads: maps.Clone(f.heads), requests: maps.Clone(f.requests), sequence: f.sequence, frozen: f.frozen,
	}
	for _, r := range f.visible {
		s.byKind[r.Kind] = append(s.byKind[r.Kind], r)
		s.byName[r.Key()] = r
		if !r.TokenHash.IsZero() {
			s.byToken[r.TokenHash] = r
		}
		if email := r.Spec.GetPerson().GetEmail(); email != "" {
			s.byEmail[strings.ToLower(email)] = r
		}
	}
	for _, list := range s.byKind {
		slices.SortFunc(list, func(a, b *Resource) int { return strings.Compare(a.Name, b.Name) })
	}
	return s
}

// Revision counts the applies that were committed.
func (s *State) Revision() uint64 { return s.head(headSubject).chain.Revision }

// Sequence is the place in the log of the last message of the catalog that was
// folded.
func (s *State) Sequence() uint64 {
	if s == nil {
		return 0
	}
	return s.sequence
}

// Frozen is true when a later version wrote something that this one does not
// understand; nothing may be written then.
func (s *State) Frozen() bool { return s != nil && s.frozen }

// Etag changes with every apply.
func (s *State) Etag() string { return "c" + strconv.FormatUint(s.Revision(), 10) }

// Get finds a resource by name or by id.
func (s *State) Get(kind, nameOrID string) (*Resource, bool) {
	if s == nil {
		return nil, false
	}
	if r, ok := s.byName[kind+"/"+nameOrID]; ok {
		return r, true
	}
	r, ok := s.byID[nameOrID]
	if !ok || r.Kind != kind {
		return nil, false
	}
	return r, true
}

// ByID finds a resource of any kind by its id.
func (s *State) ByID(id string) (*Resource, bool) {
	if s == nil {
		return nil, false
	}
	r, ok := s.byID[id]
	return r, ok
}

// List returns the resources of one kind by name, or all by kind and name when
// kind is empty. The caller must not change the slice.
func (s *State) List(kind string) []*Resource {
	if s == nil {
		return nil
	}
	if kind != "" {
		return s.byKind[kind]
	}
	var all []*Resource
	for _, k := range slices.Sorted(maps.Keys(s.byKind)) {
		all = append(all, s.byKind[k]...)
	}
	return all
}

// Person finds a person by name, by e-mail address (without regard to case) or
// by id.
func (s *State) Person(who string) (*Resource, bool) {
	if r, ok := s.Get("person", who); ok {
		return r, true
	}
	if s == nil || !strings.Contains(who, "@") {
		return nil, false
	}
	r, ok := s.byEmail[strings.ToLower(who)]
	return r, ok
}

// FormerMember stands for whoever the catalog does not know any more.
const FormerMember = "former member"

// Called returns what a person or machine is called today: [FormerMember] for who is
// gone, "" for nobody.
func (s *State) Called(id string) string {
	if id == "" {
		return ""
	}
	if _, known := s.ByID(id); !known {
		return FormerMember
	}
	return s.DisplayName(id)
}

// Bearers returns the ids of all resources that bear or ever bore a name, oldest
// first; an id of that kind stands for itself, also when it was deleted or erased.
func (s *State) Bearers(kind, nameOrID string) []string {
	if s == nil {
		return nil
	}
	if ids := s.names[kind+"/"+nameOrID]; len(ids) > 0 {
		return slices.Clone(ids)
	}
	if _, known := s.heads["catalog."+kind+"."+nameOrID]; known {
		return []string{nameOrID}
	}
	return nil
}

// IDs returns the ids of all resources of a kind that there ever were, sorted.
func (s *State) IDs(kind string) []string {
	if s == nil {
		return nil
	}
	var ids []string
	for subject := range s.heads {
		if id, ok := strings.CutPrefix(subject, "catalog."+kind+"."); ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// DisplayName returns the name for people of a person or of a machine's token by
// its id; the id itself when it is not known.
func (s *State) DisplayName(id string) string {
	r, ok := s.ByID(id)
	if !ok {
		return id
	}
	if name := r.Spec.GetPerson().GetDisplayName(); name != "" {
		return name
	}
	return r.Name
}

// Account returns what stands behind a token, or [auth.ErrUnknownToken].
func (s *State) Account(token auth.Hash) (auth.Account, error) {
	if s == nil {
		return auth.Account{}, auth.ErrUnknownToken
	}
	r, ok := s.byToken[token]
	if !ok {
		return auth.Account{}, auth.ErrUnknownToken
	}
	spec := r.Spec.GetToken()
	a := auth.Account{
		TokenID: r.ID, TokenName: r.Name, TokenRole: spec.GetRole(),
		Impersonate: spec.GetImpersonate(), HasPerson: spec.GetPerson() != "",
	}
	if spec.GetExpireTime() != nil {
		a.Expires = spec.GetExpireTime().AsTime()
	}
	if p, found := s.Get("person", spec.GetPerson()); found && a.HasPerson {
		a.PersonID, a.PersonName, a.PersonRole = p.ID, p.Name, p.Spec.GetPerson().GetRole()
	}
	return a, nil
}

// Replayed finds an apply of the caller with the request id: the sequence of its
// commit, and whether the body is the same.
func (s *State) Replayed(caller, requestID string, body []byte) (sequence uint64, same chain.Sameness, found bool) {
	if s == nil {
		return 0, chain.SameUnknowable, false
	}
	r, found := s.requests[requestKey(caller, requestID)]
	if !found {
		return 0, chain.SameUnknowable, false
	}
	c, err := chain.Open(r.commit)
	if err != nil {
		return r.sequence, chain.SameUnknowable, true
	}
	same, _ = chain.SameRequest(c, body)
	return r.sequence, same, true
}

func (s *State) head(subject string) head {
	if s == nil {
		return head{}
	}
	return s.heads[subject]
}

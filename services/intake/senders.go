package intake

import (
	"errors"
	"sync"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/mapping"
	"github.com/bridgelog/bridgelog/pkg/secretref"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/sign"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// senders reads the senders of the catalog.
type senders struct {
	catalog *catalog.Follower

	mu       sync.Mutex
	mappings map[string]compiled // by the sender's id
}

// compiled is the mapping of a sender at a revision.
type compiled struct {
	revision uint64
	mapping  *mapping.Mapping
	err      error
}

// mapping is a [source.Mappings]. It reads the catalog as it is known: what a sender may
// send was decided before.
func (s *senders) mapping(id string) (*mapping.Mapping, error) {
	resource, ok := s.catalog.State().ByID(id)
	if !ok || resource.Spec.GetSender().GetMapping() == nil {
		return nil, source.ErrNoMapping
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.mappings[id]
	if !ok || known.revision != resource.Revision {
		known.revision = resource.Revision
		known.mapping, known.err = mapping.Compile(resource.Spec.GetSender().GetMapping())
		if s.mappings == nil {
			s.mappings = map[string]compiled{}
		}
		s.mappings[id] = known
	}
	return known.mapping, known.err
}

// find is a [door.Senders].
func (s *senders) find(source, name string) (*door.Sender, error) {
	state, err := s.catalog.Fresh()
	if err != nil {
		return nil, err
	}
	resource, ok := state.Get("sender", name)
	if !ok || resource.Spec.GetSender().GetSource() != source {
		return nil, nil
	}
	spec := resource.Spec.GetSender()
	return &door.Sender{
		ID: resource.ID, Disabled: spec.GetDisabled(),
		Signs:   spec.GetScheme() != catalogv1.SignatureScheme_SIGNATURE_SCHEME_UNSPECIFIED,
		Rule:    sign.Rule{Scheme: spec.GetScheme(), SecretHeader: spec.GetSecretHeader(), TimestampHeader: spec.GetTimestampHeader()},
		Secrets: func() ([]string, error) { return secretsOf(spec.GetSecrets()) },
	}, nil
}

// secretsOf reads secrets: those that can be read, and what is wrong with the others. One
// may be missing already, or still, while they are rotated.
func secretsOf(references []string) ([]string, error) {
	var secrets []string
	var wrong []error
	for _, reference := range references {
		secret, err := secretref.Read(reference)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		secrets = append(secrets, secret)
	}
	return secrets, errors.Join(wrong...)
}

package intake

import (
	"errors"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/secretref"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/sign"
)

// senders reads the senders of the catalog.
type senders struct{ catalog *catalog.Follower }

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

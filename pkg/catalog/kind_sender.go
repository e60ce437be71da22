package catalog

import (
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// senderKind: a system that may send to a door. Its secrets are references, which the
// proto enforces. Its name is part of an address.
func senderKind() Kind {
	return Kind{Name: "sender", Title: "Sender", check: func(c *checker, r *Resource) {
		s := r.Spec.GetSender()
		signs := s.GetScheme() != catalogv1.SignatureScheme_SIGNATURE_SCHEME_UNSPECIFIED
		switch {
		case signs && len(s.GetSecrets()) == 0:
			c.violate(r, "spec.secrets", "empty", "whoever signs needs a secret: name it as env:NAME or file:PATH")
		case !signs && len(s.GetSecrets()) > 0:
			c.violate(r, "spec.scheme", "missing", "say how it signs with its secret, for example github or header")
		}
		if s.GetSecretHeader() != "" && s.GetScheme() != catalogv1.SignatureScheme_SIGNATURE_SCHEME_HEADER {
			c.violate(r, "spec.secret_header", "not_used", "only the scheme header has one: remove it, or set scheme: header")
		}
		if s.GetTimestampHeader() != "" && s.GetScheme() != catalogv1.SignatureScheme_SIGNATURE_SCHEME_GRAFANA {
			c.violate(r, "spec.timestamp_header", "not_used", "only the scheme grafana has one: remove it, or set scheme: grafana")
		}
	}}
}

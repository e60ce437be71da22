package catalog

import (
	"slices"
	"strings"

	alertmapping "github.com/bridgelog/bridgelog/pkg/mapping"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// senderKind: a system that may send to a door. Its secrets are references, which the
// proto enforces. Its name is part of an address.
func senderKind() Kind {
	return Kind{Name: "sender", Title: "Sender", check: func(c *checker, r *Resource) {
		s := r.Spec.GetSender()
		c.fromDoor(r, Doors(), func(spec *catalogv1.Spec) string { return spec.GetSender().GetSource() })
		signs := s.GetScheme() != catalogv1.SignatureScheme_SIGNATURE_SCHEME_UNSPECIFIED
		switch {
		case signs && s.GetSource() == tokensOnly:
			c.violate(r, "spec.scheme", "not_used", "the door "+tokensOnly+" takes tokens only: remove scheme and secrets")
		case signs && len(s.GetSecrets()) == 0:
			c.violate(r, "spec.secrets", "empty", "whoever signs needs a secret: name it as env:NAME or file:PATH")
		case !signs && len(s.GetSecrets()) > 0:
			c.violate(r, "spec.scheme", "missing", "say how it signs with its secret, for example github or header")
		}
		if s.GetScheme() == catalogv1.SignatureScheme_SIGNATURE_SCHEME_SLACK && !slices.Contains(slackSigned(), s.GetSource()) {
			c.violate(r, "spec.scheme", "not_used", "only the doors "+strings.Join(slackSigned(), " and ")+" take the scheme slack: set another scheme")
		}
		if s.GetSecretHeader() != "" && s.GetScheme() != catalogv1.SignatureScheme_SIGNATURE_SCHEME_HEADER {
			c.violate(r, "spec.secret_header", "not_used", "only the scheme header has one: remove it, or set scheme: header")
		}
		if s.GetManagesHeartbeats() && s.GetSource() != tokensOnly {
			c.violate(r, "spec.manages_heartbeats", "not_used", "heartbeats are managed at the door "+tokensOnly+" only: remove it, or set source: "+tokensOnly)
		}
		checkMapping(c, r, s)
		if s.GetTimestampHeader() != "" && s.GetScheme() != catalogv1.SignatureScheme_SIGNATURE_SCHEME_GRAFANA {
			c.violate(r, "spec.timestamp_header", "not_used", "only the scheme grafana has one: remove it, or set scheme: grafana")
		}
	}}
}

// tokensOnly is the door where no signature lets anybody in: what a request of Opsgenie's
// API asks for is in its address, which no scheme signs.
const tokensOnly = "opsgenie"

// slackSigned are the doors that take the scheme slack: those of senders that are written
// by whoever chooses how they sign. The products behind the other doors sign in ways of
// their own.
func slackSigned() []string { return []string{mappedSource, "cloudevents"} }

// mappedSource is the door whose senders say what their JSON means.
const mappedSource = "json"

func checkMapping(c *checker, r *Resource, s *catalogv1.SenderSpec) {
	switch {
	case s.GetMapping() == nil && s.GetSource() == mappedSource:
		c.violate(r, "spec.mapping", "empty", "the door json needs to know what the JSON means: give a mapping")
	case s.GetMapping() == nil:
	case s.GetSource() != mappedSource:
		c.violate(r, "spec.mapping", "not_used", "this door knows what is sent to it: remove the mapping, or set source: json")
	default:
		_, err := alertmapping.Compile(s.GetMapping())
		for _, problem := range alertmapping.Problems(err) {
			c.violate(r, "spec.mapping."+problem.Field, "bad_expression", problem.Message)
		}
	}
}

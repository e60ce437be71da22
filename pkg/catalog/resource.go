package catalog

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"io"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/auth"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Who manages a resource.
const (
	// ManagedByFile: files that are applied; only these are pruned.
	ManagedByFile = "file"
	// ManagedByProduct: a person at work, for example an override at night.
	ManagedByProduct = "product"
	// ManagedBySystem: Bridgelog itself, for example the first token.
	ManagedBySystem = "system"
)

// Resource is one resource. A resource in a [State] must not be changed.
type Resource struct {
	// Kind is the name of its field in Spec, for example "status_page".
	Kind string
	// Name is unique within the kind. It may change hands; ID does not.
	Name string
	// ID is opaque and names the resource in subjects.
	ID string
	// Spec is what it says.
	Spec *catalogv1.Spec
	// ManagedBy is "file", "product" or "system".
	ManagedBy string
	// Revision is that of its last visible change.
	Revision uint64
	// UpdatedAt is when that was recorded, in UTC.
	UpdatedAt time.Time
	// TokenHash is what is kept of a token's secret; tokens only.
	TokenHash auth.Hash
}

// Key names the resource as people do: "kind/name".
func (r *Resource) Key() string { return r.Kind + "/" + r.Name }

// Subject is the resource's subject in the log.
func (r *Resource) Subject() string { return "catalog." + r.Kind + "." + r.ID }

// Proto returns the resource as the service shows it. The hash of a token is not
// shown.
func (r *Resource) Proto() *catalogv1.Resource {
	return &catalogv1.Resource{
		Kind: r.Kind, Name: r.Name, Spec: r.Spec, Id: r.ID, Revision: r.Revision,
		ManagedBy: r.ManagedBy, UpdatedTime: timestamppb.New(r.UpdatedAt),
	}
}

// KindOf returns the kind of a specification: the name of the field that is set,
// or "" when none is.
func KindOf(spec *catalogv1.Spec) string {
	m := spec.ProtoReflect()
	field := m.WhichOneof(specOneof(m.Descriptor()))
	if field == nil {
		return ""
	}
	return string(field.Name())
}

func specOneof(d protoreflect.MessageDescriptor) protoreflect.OneofDescriptor {
	return d.Oneofs().ByName("kind")
}

// NewID returns a random opaque id: 26 lower-case letters and digits. random is
// crypto/rand in production; nil means that.
func NewID(random io.Reader) (string, error) {
	if random == nil {
		random = rand.Reader
	}
	var raw [16]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("make id: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:])), nil
}

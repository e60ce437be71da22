package catalog_test

import (
	"testing"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/catalog"
)

// counted counts what is validated.
type counted struct {
	protovalidate.Validator

	n int
}

func (c *counted) Validate(m proto.Message, o ...protovalidate.ValidationOption) error {
	c.n++
	return c.Validator.Validate(m, o...)
}

// Of a large catalog that is applied again only what differs costs anything.
func TestWhatIsSoAlreadyIsNotCheckedAgain(t *testing.T) {
	world := newBench(t)
	const same = "{kind: Component, name: api}\n---\n{kind: Component, name: web}"
	state := world.given(same)
	validator := &counted{Validator: world.options.Validator}
	o := world.options
	o.Validator = validator
	changes, err := catalog.Plan(state, world.parse(same+"\n---\n{kind: Component, name: new}"), o)
	if err != nil || len(changes) != 1 || validator.n != 1 {
		t.Errorf("%d changes, %d of three were checked, %v", len(changes), validator.n, err)
	}
}

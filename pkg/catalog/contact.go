package catalog

import (
	"fmt"
	"net/mail"
	"regexp"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// telephone is a number as E.164 writes it.
var telephone = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// contacts checks the ways to reach a person.
func (c *checker) contacts(r *Resource) {
	for i, way := range r.Spec.GetPerson().GetContacts() {
		field := fmt.Sprintf("spec.contacts[%d].", i)
		c.refer(r, field+"integration", "integration", way.GetIntegration())
		if wait := way.GetWait(); wait != nil && wait.AsDuration() <= 0 {
			c.violate(r, field+"wait", "not_positive", "waiting has to be longer than nothing, for example 2m")
		}
		switch way.GetType() {
		case catalogv1.ContactType_CONTACT_TYPE_SMS, catalogv1.ContactType_CONTACT_TYPE_PHONE:
			if !telephone.MatchString(way.GetAddress()) {
				c.violate(r, field+"address", "not_a_number", quote(way.GetAddress())+" is no telephone number: write it as +491701234567")
			}
		case catalogv1.ContactType_CONTACT_TYPE_EMAIL:
			if a, err := mail.ParseAddress(way.GetAddress()); err != nil || a.Address != way.GetAddress() {
				c.violate(r, field+"address", "not_an_address", quote(way.GetAddress())+" is no e-mail address: write it as ada@example.org")
			}
			if by := c.find("integration", way.GetIntegration()); !c.settled && by != nil && by.Spec.GetIntegration().GetType() != TypeSMTP {
				c.violate(r, field+"integration", "cannot_carry", "the integration "+quote(way.GetIntegration())+" carries no e-mail: name one of type smtp, or leave it out")
			}
		default:
		}
	}
}

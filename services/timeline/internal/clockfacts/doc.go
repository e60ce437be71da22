// Package clockfacts writes down what the clocks of an incident need to know, as the
// read model keeps it beside each incident: small, because lists read it for every
// incident they show.
package clockfacts

// Package suspect orders changes and open incidents by how much speaks for each having
// caused an incident, and says why in words. It is pure. What it says is a proposal: the
// weights order and are no probabilities.
package suspect

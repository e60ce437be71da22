// Package check judges a measurement of a service by its past: is it as at the same time
// yesterday and last week, since when is it not, and is it getting worse. It also draws
// the chart that a person judges by.
//
// Everything here is pure. What is found is a proposal: the answers say in words what
// they are made from, and say "unknown" rather than guess. No statistics are claimed: the
// usual range is what was seen at the same time of other days, widened by half, and a
// season that is neither daily nor weekly is not known.
package check

// Package life writes the lives of things that have a subject of their own and whose
// next event depends on nothing but that subject: alerts, changes.
package life

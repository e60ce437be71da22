// Package silence serves the calls by which people keep alerts from calling for a while.
//
// What they make are resources of the catalog, so they have a history and can be listed
// and applied like all others. Which alerts are concerned is decided by intake.
package silence

// Command eventdoc writes the page of every event type: what it says, from the
// comments of the protos; who may cause it and how an incident moves from status to
// status, from what the rules of the domain were seen to do. `make generate` runs it.
//
//	eventdoc ROOT <IMAGE
//
// IMAGE is what `buf build` writes, with comments; ROOT is the repository.
package main

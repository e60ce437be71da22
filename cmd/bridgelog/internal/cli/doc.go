// Package cli is the client side of the program: one command for each act and
// each question, over gRPC.
//
// [New] builds the root command; commands that are not clients (those that run
// the system) are added to it by the caller. [Execute] runs it and turns every
// error into one line, one object with -o json, and one exit code. Everything
// that touches the outside comes in [Deps], so tests run the same commands
// against services in the same process.
package cli

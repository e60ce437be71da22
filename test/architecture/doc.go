// Package architecture holds the rules about the shape of the repository that no
// compiler knows: which layer may import which, what the domain may touch, what
// packages are called, that each is documented, and that every module stands on
// its own.
//
// The rules are functions over a file system, so the tests can also show that
// each of them finds what it forbids.
package architecture

// Package project keeps the live read model up to date with the log. It is the
// view that package projection runs: it folds each batch with package fold and
// writes what changed with package store.
package project

// Package calltest has receivers that mean no good, and addresses that nobody may
// call, for tests of the caller and of the whole notifier. Every one of them runs
// against both.
package calltest

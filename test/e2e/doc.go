// Package e2e walks through the whole system as a user does: with the real
// binary, a real receiver, the public page and real alerting tools.
package e2e

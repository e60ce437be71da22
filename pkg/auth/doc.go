// Package auth says who calls and whether that caller may.
//
// A caller proves itself by a bearer token ([Token]) of 256 random bits, of
// which the catalog keeps only the SHA-256. An [Authenticator] turns the request's
// credentials into a [Principal]; [Bearer] is the one for tokens, and one for an
// identity provider would stand beside it in a [Chain].
//
// [Guard] puts both before every RPC. It denies by default: an RPC whose method
// carries no auth.v1.policy option is refused to everybody, and the few that
// need no principal (health, reflection) are named in [PublicMethods].
//
// The package does not decide what a principal may do to a particular incident:
// that is the domain's part (package incident).
package auth

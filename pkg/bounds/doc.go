// Package bounds says in words what the bounds of a message ask for: which form a value
// has to have, with an example, and where the possible ones are listed. People never read
// an expression.
package bounds

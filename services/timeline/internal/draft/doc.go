// Package draft says what the variables of the playbook's templates stand for in one
// incident: for its team all that its view knows, for customers only what may be
// public.
//
// What customers may read is gathered first, into a value that holds nothing else,
// and their variables are computed from that alone. So nothing that an incident is
// called or that is written in it can reach customers by way of a variable; of a
// private incident not even when it began. The package is pure.
package draft

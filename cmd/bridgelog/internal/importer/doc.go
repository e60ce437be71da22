// Package importer turns other systems' records into histories that the system
// stores whole: a declaration and the acts that followed, with their original
// times, ids and texts. It is pure; the packages below it read one family of
// formats each, and nothing here talks to a system.
package importer

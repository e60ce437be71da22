// Package rebuild builds the read model anew beside the live one and swings over.
//
// The log is folded in memory and copied into a new version of the schema, which
// is then indexed, brought to the position of the live version, and compared with
// it row for row; any difference that stays keeps the live version. The swing is
// one row. Words are indexed afterwards, and searches say that they are incomplete
// until then. Reads and the live projection go on all the time.
//
// One rebuild runs at a time, in whatever process; an advisory lock sees to it.
// What an interrupted one left is removed by the next.
package rebuild

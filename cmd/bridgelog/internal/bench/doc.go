// Package bench measures what the system promises, each figure beside the raw
// limit of the same machine in the same run: the same bytes appended straight to
// JetStream with the same durability, the same rows by COPY or by a plain
// SELECT.
//
// Every benchmark runs on a fresh private instance: a child process of this very
// binary in a temporary directory. Nothing here asserts a time; a report gives
// figures and ratios.
package bench

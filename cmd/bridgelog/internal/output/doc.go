// Package output writes what commands answer: aligned tables with colour for
// eyes, JSON and YAML for scripts, Markdown for documents.
//
// A command builds a [Document], which holds the value for scripts beside the
// blocks for eyes, and a [Printer] writes it in the format that was asked for.
// Text from other people is cleaned of control characters before it reaches a
// terminal.
package output

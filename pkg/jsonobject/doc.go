// Package jsonobject changes members of a JSON object in their place: every other byte
// stays as somebody wrote it. It is for what is passed on or kept as it came; whoever needs
// values decodes them.
package jsonobject

// Package deploy checks the files under deploy/ as far as that goes without a
// container engine: that they say what they seem to say, that what they refer to
// exists, and that the settings that they use are the program's.
package deploy

// Package sourcetest is what every [source.Source] must do, whatever it reads. A new
// source is one file with the source, one line in source.All, and one test that
// calls [Run] with bodies of its sender.
package sourcetest

// Package docs reads the fenced blocks and the links of the documentation, so
// that tests can run the commands and follow the links.
//
// The word after a fence says what becomes of a block:
//
//	sh                   run, in order, in one folder per document
//	sh skip="reason"     shown only, for the reason given
//	yaml file=NAME       written to NAME in that folder; so for every language
//	output               what the sh block before it prints; … stands for any text
//	text, yaml, json, …  shown only
package docs

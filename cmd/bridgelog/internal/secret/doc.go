// Package secret takes secrets out of text that is about to be kept: the command lines
// and the output of commands that people run.
//
// It looks for what is recognisable by its form: keys of well-known services, tokens,
// private keys, passwords in addresses, and values that stand behind a name such as
// password or token. It is a net and no wall: what looks like any other word is not
// found, and scanners such as gitleaks know many more forms (docs/adr/0021 says why none
// is used). What is found too much is only hidden, so rules lean towards finding.
package secret

// Package mailtest is a mail server for tests, which keeps what it accepts.
package mailtest

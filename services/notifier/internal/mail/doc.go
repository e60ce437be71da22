// Package mail writes the mail that tells a person of a page, and hands it to a mail server.
//
// What is written depends on nothing but what it is about, and is bounded: a machine that
// says very much sends no large mails, and whatever it says stays inside the line it was
// meant for. A letter has the same Message-ID however often it is sent, so that whoever gets
// it twice can tell. That a server accepted a letter does not say that anybody read it.
package mail

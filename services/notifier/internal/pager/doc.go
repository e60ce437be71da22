// Package pager tells people of pages, by mail.
//
// What is due, and when to stop, is a pure function of the page, its alert and the clock
// ([Decide]), asked anew before every attempt: whoever acknowledged meanwhile, or silenced the
// alert, is not overtaken. What came of an attempt is kept in the ledger first and then said
// to command, however often until it is in the log; an attempt that was cut off is made again
// with the same Message-ID.
//
// Pages have workers of their own, and each integration only so many of them: a mail server
// that hangs holds up neither another one nor webhooks.
package pager

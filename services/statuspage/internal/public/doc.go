// Package public is the stream of public documents: one message for each page, one
// for each incident of which something was published, and one mark that says how
// far the relay came.
//
// A [Writer] is the only one that can write: each message is stored on the condition
// that the mark is still the one that this writer stored last, so a writer that was
// overtaken notices at its next message ([ErrOvertaken]) and can do no harm. What it
// replaces it erases securely: nothing that was taken back stays in the stream.
//
// [Watch] is the other end. It needs no right but to read this one stream.
package public

// Package postmortem writes the post-mortem of an incident from its view, as
// Markdown: what the log knows (times, durations, roles, impact, timeline, what
// customers were told) is filled in, and what only people know is left as marked
// sections.
//
// What people wrote stays Markdown, but nothing in it can become HTML, a script
// link or a change of the document around it; see [Contain] and [Plain]. Hidden
// entries are left out, edited ones show their corrected text, and redacted ones
// say so.
package postmortem

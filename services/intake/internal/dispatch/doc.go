// Package dispatch turns raw signals into the life of alerts and incidents.
//
// Signals are handled in order, one at a time over all processes, and each may
// come again: after every step the process may die. Nothing is remembered outside
// the log. What is written carries request ids that are derived from the alert,
// so a step that was done finds itself.
//
// For an alert that begins to fire: a rule is found, the incident of its group is
// joined, or declared when there is none that is open, and then the alert is
// recorded with that incident. For one that ends: the end is recorded, and when
// it was the incident's last, an incident that nobody has touched is resolved;
// otherwise a note says so, since a person decides.
//
// What is refused for good is not lost: the alert is recorded without an incident, and its
// signal is set aside with the reason.
//
// A rule may page instead: then the alert is recorded without an incident, and people are
// called for it. A signal that is handled again asks for the page again, which finds
// itself.
package dispatch

// Package statuspage reads what status pages publish: a summary or incidents
// document of the Statuspage v2 API, a webhook that it sends, archives of them
// with one JSON value a line, Google Cloud's incident list, and Atom histories
// (the feed itself, or transcribed to one JSON value a line).
//
// # How it is mapped
//
//	impact        critical → SEV-1, major → SEV-2, minor → SEV-3, none and
//	              maintenance → no severity (the incident begins in triage)
//	status        investigating, identified, monitoring and resolved keep their
//	              names; scheduled → investigating, in_progress → identified,
//	              verifying → monitoring, completed and postmortem → resolved;
//	              the original word is kept where it has no equal here
//	              (a feed's "Update" leaves the status as it was)
//	time          display_at of an update, started_at of an incident
//	components    by their original id; the name goes to the catalog
//	severity      (Google) high → SEV-1 and critical, medium → SEV-2 and major,
//	              low → SEV-3 and minor
//	status        (Google) available, and all from the incident's end on →
//	              resolved; outage → major_outage and disruption →
//	              partial_outage of the products named
//
// Several versions of one incident are folded into its richest history: the
// union of its updates, each in its latest text, and every change of its name
// and impact at the time of the version that shows it first. The external
// reference is "statuspage:" and the page's id (for a feed: the page's host) with
// the incident's original id, so that repeating an import adds nothing.
package statuspage

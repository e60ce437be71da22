package cli

import "github.com/spf13/cobra"

// topics are pages of help that belong to no single command.
func topics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "exit-codes", Short: "What the exit codes mean", Long: `What the exit codes mean:

  0  done
  1  refused by the system: wrong state, conflict
  2  bad usage or input
  3  not found
  4  not allowed
  5  the system cannot be reached
  6  a verification failed
  7  the outcome is unknown: repeat the command with the --request-id that it
     names; it cannot be done twice

An error is one line on standard error. With -o json there is also an object on
standard output:

  {"error": {"code", "message", "reason", "field"}}

code is one of refused, usage, not_found, not_allowed, unreachable,
verification_failed and outcome_unknown; reason is a stable word such as
already_resolved; field is the flag, argument or field at fault. request_id is
there when a repetition needs it.`},
		{Use: "times", Short: "How times are written", Long: `How times are written:

  2026-03-01T14:05:00Z   RFC 3339
  2026-03-01 14:05       in your zone; also without the time
  14:05                  the latest 14:05 that has passed
  -10m, "10m ago"        units are s, m, h, d and w; "2 hours ago" works too
  "#5"                   when entry 5 was there, for --known-at and --happened-at

--occurred-at, --known-at and --happened-at refuse the future. --next-update and
--expires look ahead: 30m, 15:30, 90d.`},
		jsonTopic(),
	}
}

func jsonTopic() *cobra.Command {
	return &cobra.Command{Use: "json", Short: "What scripts read with -o json", Long: `What scripts read with -o json. Keys are only ever added. Every key is always
there: a time that is not set is null, a list without items is []. Times are RFC
3339 in UTC. Severities are SEV-1 to SEV-3 or unknown; statuses, roles and states
of components are lower-case words joined by _.

  writes     {incident, incident_id, number, revision, entries, etag, position,
              request_id, replayed, unchanged, warnings, update_id, item,
              checklists, duplicate: {incident, incident_id, title, services,
              merge}, system, drill, demo}
  show       {id, name, number, title, summary, severity, status, kind, private,
              drill, origin, services, roles, impact, public_updates, alerts,
              declared_by, declared_by_name, declared_time, acknowledged_by,
              acknowledged_time, mitigated_time, resolved_time, closed_time,
              updated_time, merged_into, external, revision, etag, quarantined,
              tasks: [{name, number, text, owner, owner_name, due_time, state,
              ended_time, added_time, entry}], follow_ups: [as tasks, and {type,
              priority, tracker}], checklists: [{name, title, revision, items:
              [{id, text, ticked, by, by_name, ticked_time, note}],
              started_time, entry}], stable_time, debriefed_time, postmortem:
              {owner, owner_name, state, since_time}, members: [{person,
              name}], leader: {person, name, declarer}}
  list       {incidents: [as show], next_page_token, search_incomplete, position}
  timeline   {incident: as show, entries, position}
  task list  {incident, tasks: [as in show]}
  followup list {incident, follow_ups: [as in show]}
  checklist  {incident, checklists: [as in show], offered}
  member list {incident, private, members: [as in show]}
  search     {entries, next_page_token, search_incomplete, position}
  entries    {revision, type, occurred_time, recorded_time, actor, actor_name,
              author, headline, text, original_text, label, edited, pinned,
              hidden, redacted, clock_adjusted, event_id, incident_id, incident}
  watch      one object a line: {entry, incident, position}
  get        {resources: [{kind, name, spec, id, revision, managed_by,
              updated_time}]}, or one of them
  apply      {changes: [{change, kind, name, differences}], dry_run, etag,
              position, system}
  history    {kind, name, versions: [{change, recorded_time, actor, actor_name,
              differences, erased, resource}]}
  delete     {kind, name, etag, position, request_id, system}; with --erase
              {name, changes, erased, warnings, position, request_id, system}
  severities {severities: [{severity, name, aliases, description, criteria,
              counts_in_triage, public, postmortem, paging: {urgency,
              service_owners, teams, tell_teams}, update_minutes, clock_policy,
              clocks: [{clock, statuses, when}]}], source, system}
  playbook   init: {files: [{file, state}]}; variables: {variables: [{name,
              meaning, example, public, given, document}]}; preview:
              {templates: [{name, use, subject, body}]}
  change     record: {change, source, key, position, request_id, unchanged, system,
              demo}; list: {changes, next_page_token}; show: {id, kind, outcome,
              title, service, environment, version, author, author_id,
              started_time, ended_time, recorded_time, updated_time, link,
              description, labels, source, key, signal_id, revision, redacted}
  pages      list: {pages: [as show], next_page_token}; show: {id, state, shadow,
              alert, route, urgency, team, people: [{id, name, ways: [{number,
              type, integration, state, …}], problem}], acknowledged_by, …}
  suspects   {suspects: [{weight, reasons, way, change: as change show, incident:
              {id, name, title, severity, status, services, declared_time}}],
              start_time, start_from, since_time, services, dependencies,
              proposed_by, truncated, checks, start, trend}
  checks     {incident, checks: [{service, title, verdict, reason, …}], left_out}
  blast --suggest {reached: [{service, reason, way, components}], services,
              proposed_by, catalog_etag}
  postmortem {incident, markdown, position, template}
  --dry-run  of update, publish, handover and debrief: {incident, template, use,
              subject, text, status, next_update_time, components: {name:
              state}}
  verify     {ok, what, events, subjects, redacted, findings, more, public_key,
              fingerprint}
  import     {histories, imported, existed, grown, events, refused, skipped,
              components, seconds, per_second, interrupted, system}`}
}

-- Queries whose text is always the same. Tables without a schema are those of the
-- version on the transaction's search path.

-- name: Live :one
select version, fold, searchable from timeline.live;

-- name: HasLive :one
select exists (select from timeline.live);

-- name: BeginLive :exec
insert into timeline.live (version, fold, searchable) values (1, @fold, true);

-- name: SwingLive :exec
update timeline.live set version = @version, fold = @fold, searchable = false, since = now();

-- name: SetSearchable :exec
update timeline.live set searchable = true where version = @version;

-- name: IncidentByNumber :one
select i.document, exists (select from quarantine q where q.incident_id = i.id) as quarantined from incident i
where (@everything::boolean or not i.private or @person::text = any(i.members)) and i.number = @number
order by i.id limit 1;

-- name: IncidentByID :one
select i.document, exists (select from quarantine q where q.incident_id = i.id) as quarantined from incident i
where (@everything::boolean or not i.private or @person::text = any(i.members)) and i.id = @id;

-- name: Visible :many
select i.id from incident i
where (@everything::boolean or not i.private or @person::text = any(i.members)) and i.id = any(@ids::text[]);

-- name: Quarantined :many
-- An incident of which nothing could be folded has nobody who may see it but admins.
select q.incident_id, q.revision, q.sequence, q.problem from quarantine q left join incident i on i.id = q.incident_id
where @everything::boolean or i.id is not null and (not i.private or @person::text = any(i.members))
order by q.sequence;

-- name: Refused :many
-- Incidents of which the database refused a row, by how their problem begins.
select incident_id, sequence from quarantine where starts_with(problem, @beginning::text);

-- name: PutIncidents :exec
-- Names are joined by a separator, since arrays of arrays have to be of one length.
insert into incident (id, number, revision, severity, status, kind, open, private, drill, merged,
    waiting, category, declared_at, services, holders, members, document)
select r.id, r.number, r.revision, r.severity, r.status, r.kind, r.open, r.private, r.drill, r.merged, r.waiting, r.category, r.declared_at,
    string_to_array(r.services, chr(31)), string_to_array(r.holders, chr(31)), string_to_array(r.members, chr(31)), r.document
from (
    select unnest(@ids::text[]) as id, unnest(@numbers::bigint[]) as number, unnest(@revisions::bigint[]) as revision,
        unnest(@severities::text[]) as severity, unnest(@statuses::text[]) as status, unnest(@kinds::text[]) as kind,
        unnest(@open::boolean[]) as open, unnest(@private::boolean[]) as private, unnest(@drill::boolean[]) as drill,
        unnest(@merged::boolean[]) as merged, unnest(@waiting::boolean[]) as waiting,
        unnest(@categories::text[]) as category, unnest(@declared_at::timestamptz[]) as declared_at,
        unnest(@services::text[]) as services, unnest(@holders::text[]) as holders, unnest(@members::text[]) as members,
        unnest(@documents::bytea[]) as document
) as r
on conflict (id) do update set number = excluded.number, revision = excluded.revision, severity = excluded.severity,
    status = excluded.status, kind = excluded.kind, open = excluded.open, private = excluded.private,
    drill = excluded.drill, merged = excluded.merged, waiting = excluded.waiting, category = excluded.category, declared_at = excluded.declared_at,
    services = excluded.services, holders = excluded.holders, members = excluded.members, document = excluded.document;

-- name: PutEntries :exec
insert into entry (incident_id, revision, type, event_id, occurred_at, recorded_at, actor, headline, body,
    original, label, author, target, edited, pinned, hidden, redacted, curation, clock_adjusted)
select r.incident_id, r.revision, r.type, r.event_id, r.occurred_at, r.recorded_at, r.actor, r.headline, r.body,
    r.original, r.label, r.author, r.target, r.edited, r.pinned, r.hidden, r.redacted, r.curation, r.clock_adjusted
from (
    select unnest(@incident_ids::text[]) as incident_id, unnest(@revisions::bigint[]) as revision,
        unnest(@types::text[]) as type, unnest(@event_ids::text[]) as event_id,
        unnest(@occurred_at::timestamptz[]) as occurred_at, unnest(@recorded_at::timestamptz[]) as recorded_at,
        unnest(@actors::text[]) as actor, unnest(@headlines::text[]) as headline, unnest(@bodies::text[]) as body,
        unnest(@originals::text[]) as original, unnest(@labels::text[]) as label, unnest(@authors::text[]) as author,
        unnest(@targets::bigint[]) as target, unnest(@edited::boolean[]) as edited, unnest(@pinned::boolean[]) as pinned,
        unnest(@hidden::boolean[]) as hidden, unnest(@redacted::boolean[]) as redacted,
        unnest(@curation::boolean[]) as curation, unnest(@clock_adjusted::boolean[]) as clock_adjusted
) as r
on conflict (incident_id, revision) do update set body = excluded.body, original = excluded.original, author = excluded.author,
    edited = excluded.edited, pinned = excluded.pinned, hidden = excluded.hidden, redacted = excluded.redacted;

-- name: PutWords :exec
insert into entry_words (incident_id, revision, recorded_at, words)
select r.id, r.revision, r.recorded_at, to_tsvector('english', r.body)
from (
    select unnest(@incident_ids::text[]) as id, unnest(@revisions::bigint[]) as revision,
        unnest(@recorded_at::timestamptz[]) as recorded_at, unnest(@bodies::text[]) as body
) as r
on conflict (incident_id, revision) do update set words = excluded.words;

-- name: DropWords :exec
delete from entry_words w using (
    select unnest(@incident_ids::text[]) as id, unnest(@revisions::bigint[]) as revision
) as r
where w.incident_id = r.id and w.revision = r.revision;

-- name: PutProblem :exec
insert into quarantine (incident_id, revision, sequence, problem) values (@incident_id, @revision, @sequence, @problem)
on conflict (incident_id) do nothing;

-- name: WantErasure :exec
-- Asks for an erasure when rows that are there, and hold content, are about to be
-- replaced by redacted ones.
update erasure set wanted = wanted + 1 where exists (
    select from (
    select unnest(@incident_ids::text[]) as id, unnest(@revisions::bigint[]) as revision
) as gone
    join entry e on e.incident_id = gone.id and e.revision = gone.revision where not e.redacted);

-- name: Erasure :one
select wanted, done, (pg_total_relation_size('incident') + pg_total_relation_size('entry')
    + pg_total_relation_size('entry_words'))::bigint as bytes from erasure;

-- name: Erased :exec
update erasure set done = greatest(done, @done::bigint);

-- name: MiddleIncident :one
select id from incident order by id offset (select count(*) / 2 from incident) limit 1;

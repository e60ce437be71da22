-- name: ActedThrough :one
select position from notifier_ledger.acted_through;

-- name: StartActing :exec
insert into notifier_ledger.acted_through (epoch, sequence, position) values (@epoch, @sequence, @position)
on conflict do nothing;

-- name: Advance :execrows
-- The old position is the fence: a second notifier changes no row.
update notifier_ledger.acted_through set epoch = @epoch, sequence = @sequence, position = @position, updated_at = now()
where position = @before;

-- name: AddEndpoints :exec
insert into notifier_ledger.endpoint (webhook_id) select distinct unnest(@webhook_ids::text[]) on conflict do nothing;

-- name: Create :many
-- Moves the position, which is the fence: another notifier's position creates
-- nothing. Creates deliveries unless they were created before, and notes at their
-- receivers that there is something new. One row for each receiver that nobody
-- attends to, for which the caller adds a job, and one with an empty id when the
-- position was moved. Should the job be lost, somebody looks after the receiver
-- when it is due. A receiver that fails again and again is looked after when its
-- pause is over.
with moved as (
    update notifier_ledger.acted_through set epoch = @epoch, sequence = @sequence, position = @position, updated_at = now()
    where position = @before returning 1
), given as (
    select unnest(@event_ids::text[]) as event_id, unnest(@webhook_ids::text[]) as webhook_id, unnest(@message_ids::text[]) as message_id,
        unnest(@incident_ids::text[]) as incident_id, unnest(@revisions::bigint[]) as revision, unnest(@sequences::bigint[]) as sequence,
        unnest(@event_types::text[]) as event_type, unnest(@trace_parents::text[]) as trace_parent, unnest(@bodies::bytea[]) as body,
        unnest(@states::text[]) as state, unnest(@reason_codes::text[]) as reason_code, unnest(@reasons::text[]) as reason,
        unnest(@kinds::text[]) as kind
), added as (
    insert into notifier_ledger.delivery
        (event_id, webhook_id, message_id, incident_id, revision, sequence, event_type, trace_parent, body, state, reason_code, reason, kind)
    select g.event_id, g.webhook_id, g.message_id, g.incident_id, g.revision, g.sequence, g.event_type, g.trace_parent, g.body, g.state,
        g.reason_code, g.reason, g.kind
    from given g where exists (select 1 from moved)
    on conflict (event_id, webhook_id) do nothing
    returning delivery.webhook_id, delivery.state
), noted as (
    update notifier_ledger.endpoint e set woken = coalesce(e.throttled_until <= now(), true),
        due_at = case when e.throttled_until > now() then e.throttled_until when e.lease_until >= now() then e.due_at else now() + interval '5 seconds' end
    where e.webhook_id in (select added.webhook_id from added where added.state = 'pending')
    returning e.webhook_id, e.woken, e.lease_until
)
select noted.webhook_id::text as webhook_id from noted where noted.woken and (noted.lease_until is null or noted.lease_until < now())
union all select ''::text from moved;

-- name: Wake :many
-- Notes that there is something new, and returns the receivers that nobody
-- attends to: the caller adds a job for each.
with noted as (
    update notifier_ledger.endpoint set woken = coalesce(throttled_until <= now(), true),
        due_at = case when throttled_until > now() then throttled_until when lease_until >= now() then due_at else now() + interval '5 seconds' end
    where webhook_id = any(@webhook_ids::text[])
    returning webhook_id, woken, lease_until
)
select webhook_id from noted where woken and (lease_until is null or lease_until < now());

-- name: AddNotices :many
insert into notifier_ledger.delivery (event_id, webhook_id, message_id, incident_id, revision, event_type, body, state, kind)
select unnest(@event_ids::text[]), unnest(@webhook_ids::text[]), unnest(@message_ids::text[]), '', 0, unnest(@event_types::text[]),
    unnest(@bodies::bytea[]), 'pending', 'notice'
on conflict (event_id, webhook_id) do nothing
returning webhook_id;

-- name: Lease :many
-- Takes the receiver and the number of a round. One row, or none when another
-- lane has it. Should the lane die, somebody looks after the receiver when the
-- lease has run out, or as soon as its process is known to be dead.
update notifier_ledger.endpoint set lease_owner = @owner::text, lease_until = now() + make_interval(secs => @seconds::double precision),
    due_at = now() + make_interval(secs => @seconds::double precision), woken = false, lease_process = @process::integer
where webhook_id = @webhook_id and (lease_until is null or lease_until < now() or lease_owner = @owner::text)
returning nextval('notifier_ledger.round')::bigint as round, failures, coalesce(throttled_until > now(), false)::boolean as throttled,
    disabled_revision;

-- name: Rest :execrows
-- Gives the receiver back until its next delivery is due. No row while something
-- was created since the lane last looked.
update notifier_ledger.endpoint e set lease_owner = null, lease_until = null,
    due_at = greatest((select min(d.next_attempt_at) from notifier_ledger.delivery d where d.webhook_id = e.webhook_id and d.state = 'pending'),
        case when exists (select 1 from notifier_ledger.delivery d where d.webhook_id = e.webhook_id and d.state = 'pending') then e.throttled_until end)
where e.webhook_id = @webhook_id and e.lease_owner = @owner::text and (not e.woken or e.throttled_until > now());

-- name: Abandon :exec
-- Gives the receiver back; somebody looks after it again later.
update notifier_ledger.endpoint set lease_owner = null, lease_until = null, due_at = now() + make_interval(secs => @seconds::double precision)
where webhook_id = @webhook_id and lease_owner = @owner::text;

-- name: Dismiss :exec
-- Ends the leases of dead processes.
update notifier_ledger.endpoint set lease_owner = null, lease_until = null, due_at = now()
where lease_until >= now() and lease_process = any(@processes::integer[]);

-- name: Unattended :many
-- Wakes receivers that something is due to and that nobody attends to.
update notifier_ledger.endpoint set woken = true, due_at = now() + interval '30 seconds'
where due_at <= now() and (lease_until is null or lease_until < now())
returning webhook_id;

-- name: Due :many
-- Those that are due the longest; a single one, to see whether it is well again, of a receiver
-- whose last round failed.
select d.id, d.message_id, d.event_type, d.incident_id, d.trace_parent, d.body, d.attempts, d.attempts_before, d.sequence, d.redactions
from notifier_ledger.delivery d
where d.webhook_id = @webhook_id and d.state = 'pending' and d.next_attempt_at <= now()
order by d.next_attempt_at, d.id limit (select case when e.failures > 0 then 1 else @most::bigint end from notifier_ledger.endpoint e where e.webhook_id = @webhook_id);

-- name: NoteRound :one
-- What a round says about the receiver: any success makes it well. It is also
-- the lock that whoever changes deliveries takes first.
update notifier_ledger.endpoint set
    failing_since = case when @succeeded::boolean then null else coalesce(failing_since, now()) end,
    failures = case when @succeeded::boolean then 0 else failures + 1 end,
    last_success_at = case when @succeeded::boolean then now() else last_success_at end,
    last_failure_at = case when @failed::boolean then now() else last_failure_at end,
    last_problem = case when @failed::boolean then @problem::text else last_problem end,
    throttled_until = case when @succeeded::boolean and @throttle_seconds::double precision = 0 then null
        when @throttle_seconds::double precision > 0 then now() + make_interval(secs => @throttle_seconds::double precision) end
where webhook_id = @webhook_id
returning failures, failing_since;

-- name: RecordAttempts :exec
with given as (
    select unnest(@ids::bigint[]) as id, unnest(@numbers::int[]) as number, unnest(@started::timestamptz[]) as started_at,
        unnest(@durations::int[]) as duration_ms, unnest(@outcomes::text[]) as outcome, unnest(@statuses::int[]) as status,
        unnest(@problems::text[]) as problem, unnest(@requests::text[]) as request, unnest(@responses::text[]) as response,
        unnest(@bodies::bytea[]) as body, unnest(@states::text[]) as state, unnest(@reason_codes::text[]) as reason_code,
        unnest(@reasons::text[]) as reason, unnest(@nexts::timestamptz[]) as next_at, unnest(@redactions::int[]) as redactions
), attempted as (
    insert into notifier_ledger.attempt
        (delivery_id, number, started_at, duration_ms, outcome, status, problem, request_headers, response_headers, response_body)
    select g.id, g.number, g.started_at, g.duration_ms, g.outcome, g.status, g.problem, g.request::jsonb,
        case when d.redactions = g.redactions then g.response::jsonb end, case when d.redactions = g.redactions then g.body end
    from given g join notifier_ledger.delivery d using (id)
    on conflict do nothing
)
update notifier_ledger.delivery d set attempts = g.number, state = g.state, reason_code = g.reason_code, reason = g.reason,
    next_attempt_at = g.next_at, finished_at = case when g.state = 'pending' then null else now() end
from given g where d.id = g.id and d.state = 'pending';

-- name: Disable :exec
update notifier_ledger.endpoint set disabled_revision = @revision::bigint, disabled_code = @code, disabled_reason = @reason::text, disabled_at = now()
where webhook_id = @webhook_id;

-- name: DisabledEndpoints :many
select webhook_id, disabled_revision::bigint as revision from notifier_ledger.endpoint where disabled_revision is not null;

-- name: CancelPending :exec
update notifier_ledger.delivery set state = 'cancelled', reason_code = @code, reason = @reason, finished_at = now()
where webhook_id = @webhook_id and state = 'pending';

-- name: CancelSome :exec
update notifier_ledger.delivery set state = 'cancelled', reason_code = @code, reason = @reason, finished_at = now()
where id = any(@ids::bigint[]) and state = 'pending';

-- name: IncidentDeliveries :many
-- Those of its own events: what is sent of pages has neither names nor words of people.
select id, event_id from notifier_ledger.delivery where incident_id = @incident_id and event_type not like 'page.%';

-- name: IncidentsNaming :many
-- Incidents whose deliveries name a person by id.
select distinct incident_id from notifier_ledger.delivery
where incident_id <> '' and event_type not like 'page.%' and position(convert_to(@person_id::text, 'UTF8') in body) > 0;

-- name: RewriteBody :exec
update notifier_ledger.delivery set body = @body, redactions = redactions + 1 where id = @id;

-- name: ForgetAnswers :exec
-- A receiver may have echoed what was sent.
update notifier_ledger.attempt set response_body = null, response_headers = null
where delivery_id in (select id from notifier_ledger.delivery where incident_id = @incident_id);

-- name: OldestPending :one
select coalesce(extract(epoch from now() - min(created_at)), 0)::double precision from notifier_ledger.delivery
where state = 'pending';

-- name: LockIncidentEndpoints :exec
select 1 from notifier_ledger.endpoint
where webhook_id in (select d.webhook_id from notifier_ledger.delivery d where d.incident_id = @incident_id)
order by webhook_id for update;

-- name: Rounds :one
-- The number of the last round that this ledger knows of.
select coalesce(pg_sequence_last_value('notifier_ledger.round'::regclass), 0)::bigint as rounds;

-- name: LockActing :one
select uncertain_through from notifier_ledger.acted_through for update;

-- name: HoldPending :execrows
update notifier_ledger.delivery set state = 'held', reason_code = @code, reason = @reason where state = 'pending';

-- name: HoldOverdue :execrows
-- What waited so long for its first attempt that nobody can have looked after it.
update notifier_ledger.delivery d set state = 'held', reason_code = @code, reason = @reason
from notifier_ledger.endpoint e
where e.webhook_id = d.webhook_id and d.state = 'pending' and d.attempts = d.attempts_before and e.failures = 0
    and d.next_attempt_at < now() - make_interval(secs => @seconds::double precision);

-- name: SkipRounds :exec
select setval('notifier_ledger.round', @rounds::bigint);

-- name: MarkUncertain :exec
update notifier_ledger.acted_through set uncertain_through = greatest(uncertain_through, @sequence::bigint), uncertain_since = now();

-- name: Uncertain :one
select uncertain_through from notifier_ledger.acted_through;

-- name: ToldIncidents :many
select distinct incident_id from notifier_ledger.delivery where incident_id <> '' order by incident_id;

-- name: Endpoints :many
select * from notifier_ledger.endpoint;

-- name: Counts :many
-- Each half has an index that holds no others.
select webhook_id, state, count(*) as deliveries from notifier_ledger.delivery
where state = 'pending' and kind <> 'test' group by webhook_id, state
union all
select webhook_id, state, count(*) as deliveries from notifier_ledger.delivery
where state in ('held', 'dead') and kind <> 'test' group by webhook_id, state;

-- name: Enable :exec
update notifier_ledger.endpoint set disabled_revision = null, disabled_code = '', disabled_reason = null, disabled_at = null,
    failing_since = null, failures = 0, throttled_until = null
where webhook_id = @webhook_id;

-- name: Attempts :many
select * from notifier_ledger.attempt where delivery_id = @delivery_id order by number;

-- name: AddTest :one
insert into notifier_ledger.delivery (event_id, webhook_id, message_id, incident_id, revision, event_type, body, state, reason_code, reason, kind, attempts, finished_at)
values (@event_id, @webhook_id, @message_id, '', 0, @event_type, @body, @state, @reason_code, @reason, 'test', 1, now())
returning id;

-- name: AddAttempt :exec
insert into notifier_ledger.attempt (delivery_id, number, started_at, duration_ms, outcome, status, problem, request_headers, response_headers, response_body)
values (@delivery_id, @number, @started_at, @duration_ms, @outcome, @status, @problem, @request_headers, @response_headers, @response_body);

-- name: ActingStatus :one
select position, sequence, uncertain_since from notifier_ledger.acted_through;

-- name: Waiting :one
select (select count(*) from notifier_ledger.delivery where state = 'pending') as pending,
    (select count(*) from notifier_ledger.delivery where state in ('held', 'dead') and state = 'held') as held;

-- name: Resume :exec
insert into notifier_ledger.acted_through (epoch, sequence, position) values (@epoch, @sequence, @position)
on conflict (singleton) do update set epoch = excluded.epoch, sequence = excluded.sequence, position = excluded.position,
    uncertain_through = 0, uncertain_since = null, updated_at = now();

-- name: AddSecret :exec
insert into notifier_ledger.secret (id, webhook, sealed) values (@id, @webhook, @sealed);

-- name: ExpireSecrets :one
-- The other secrets of a webhook end at a time, unless they end before.
with ended as (
    update notifier_ledger.secret set expires_at = @at::timestamptz
    where webhook = @webhook and id <> @id and (expires_at is null or expires_at > @at::timestamptz)
    returning id
)
select count(*) from ended;

-- name: Secret :one
select sealed, coalesce(expires_at <= now(), false)::boolean as expired from notifier_ledger.secret where id = @id;

-- name: WantErasure :exec
update notifier_ledger.erasure set wanted = wanted + 1;

-- name: PendingErasure :one
select wanted, done from notifier_ledger.erasure;

-- name: Erased :exec
update notifier_ledger.erasure set done = greatest(done, @done::bigint);

-- name: AddTee :exec
insert into notifier_ledger.tee (alert_id, integration_id, series)
select unnest(@alert_ids::text[]), unnest(@integration_ids::text[]), unnest(@series::text[])
on conflict (alert_id, integration_id) do nothing;

-- name: WakeTee :exec
-- Something happened to these alerts.
update notifier_ledger.tee set due_at = now(), attempts = 0 where alert_id = any(@alert_ids::text[]) and state = 'open';

-- name: WakeRestingTee :exec
-- Something was said of these alerts: what is tried again is so in its time.
update notifier_ledger.tee set due_at = now() where alert_id = any(@alert_ids::text[]) and state = 'open' and attempts = 0;

-- name: TakeTee :many
-- What is due, for as long as nobody else may work on it. What began later under the same
-- key waits.
update notifier_ledger.tee set lease_until = now() + make_interval(secs => @seconds::double precision)
where (alert_id, integration_id) in (
    select t.alert_id, t.integration_id from notifier_ledger.tee t
    where t.state = 'open' and t.due_at <= now() and t.lease_until <= now() and t.integration_id <> all(@busy::text[])
        and (t.series = '' or not exists (
            select 1 from notifier_ledger.tee o
            where o.integration_id = t.integration_id and o.series = t.series and o.state = 'open'
                and (o.created_at, o.alert_id) < (t.created_at, t.alert_id)))
    order by t.due_at limit @most::bigint for update skip locked)
returning *;

-- name: SaveTee :exec
update notifier_ledger.tee set triggered_at = @triggered_at, acknowledged_at = @acknowledged_at, resolved_at = @resolved_at, state = @state,
    noted = @noted, attempts = @attempts, due_at = case when due_at = @due_at then now() + make_interval(secs => @wait_seconds::double precision) else now() end, lease_until = now(), note = @note, note_key = @note_key
where alert_id = @alert_id and integration_id = @integration_id;

-- name: LockTeeKey :exec
-- Holds a key of an integration until the transaction ends.
select pg_advisory_xact_lock(hashtextextended(@integration_id::text || ' ' || @key::text, 0));

-- name: TryTee :one
-- The trigger may get there from now on: under the key, unless an alert that another sender
-- calls the same has it.
update notifier_ledger.tee t set tried = true, key = case when exists (
    select 1 from notifier_ledger.tee o
    where o.integration_id = t.integration_id and o.state = 'open' and o.tried and o.key = @key::text and o.series <> t.series) then '' else @key::text end
where t.alert_id = @alert_id and t.integration_id = @integration_id
returning t.key;

-- name: StatusWatches :many
select integration, next_at, kept from notifier_ledger.status_watch;

-- name: KeepStatusWatch :exec
insert into notifier_ledger.status_watch (integration, next_at, kept) values (@integration, @next_at, @kept)
on conflict (integration) do update set next_at = excluded.next_at, kept = excluded.kept;

-- name: ForgetStatusWatch :exec
delete from notifier_ledger.status_watch where integration = @integration;

-- name: AddPageWays :exec
insert into notifier_ledger.page_way (event_id, person_id, way, page_id, alert_id, integration, sequence, due_at, outcome, outcome_at, outcome_reason, outcome_problem)
select g.event_id, g.person_id, g.way, g.page_id, g.alert_id, g.integration, g.sequence, g.due_at, g.outcome, case when g.outcome <> '' then now() end,
    g.reason, g.problem
from (select unnest(@event_ids::text[]) as event_id, unnest(@person_ids::text[]) as person_id, unnest(@ways::int[]) as way,
    unnest(@page_ids::text[]) as page_id, unnest(@alert_ids::text[]) as alert_id, unnest(@integrations::text[]) as integration,
    unnest(@sequences::bigint[]) as sequence, unnest(@dues::timestamptz[]) as due_at, unnest(@outcomes::text[]) as outcome,
    unnest(@reasons::text[]) as reason, unnest(@problems::text[]) as problem) g
on conflict (event_id, person_id, way) do nothing;

-- name: WakePageWays :exec
-- Something happened to these alerts or their pages. Whoever did it also brings the page to
-- where its alert is: only afterwards is looked whether that was done.
update notifier_ledger.page_way set due_at = case when way = 0 then now() + interval '1 second' else now() end
where alert_id = any(@alert_ids::text[]) and state = 'open';

-- name: TakePageWays :many
-- What is due, for as long as nobody else may work on it.
update notifier_ledger.page_way set lease_until = now() + make_interval(secs => @seconds::double precision), lease_process = @process::integer
where (event_id, person_id, way) in (
    select p.event_id, p.person_id, p.way from notifier_ledger.page_way p
    where p.state = 'open' and p.due_at <= now() and p.lease_until <= now() and p.integration <> all(@busy::text[])
    order by p.due_at limit @most::bigint for update skip locked)
returning *;

-- name: NextRound :one
select nextval('notifier_ledger.round')::bigint as round;

-- name: BeginPageAttempt :one
-- Counts the attempt before it is made. No row when it came to an end meanwhile.
update notifier_ledger.page_way set attempts = attempts + 1, since = @since
where event_id = @event_id and person_id = @person_id and way = @way and state = 'open' and outcome = ''
returning attempts;

-- name: KeepPageOutcome :exec
-- Keeps what came of an attempt until the log has it.
update notifier_ledger.page_way set since = @since, outcome = @outcome, outcome_at = @outcome_at, outcome_reason = @outcome_reason, outcome_problem = @outcome_problem
where event_id = @event_id and person_id = @person_id and way = @way;

-- name: SavePageWay :exec
-- Gives it back. What woke it meanwhile is not lost.
update notifier_ledger.page_way set state = @state, reason = @reason, since = @since, outcome = @outcome, retry_at = @retry_at, lease_until = now(), lease_process = null,
    due_at = case when due_at = @due_at then now() + make_interval(secs => @wait_seconds::double precision) else due_at end
where event_id = @event_id and person_id = @person_id and way = @way;

-- name: ReturnPageWay :exec
-- Gives it back as it is, to be looked at again.
update notifier_ledger.page_way set lease_until = now(), lease_process = null, due_at = now() + make_interval(secs => @wait_seconds::double precision)
where event_id = @event_id and person_id = @person_id and way = @way;

-- name: HoldPageWays :execrows
-- What may have been sent by a ledger that was replaced is not sent again, and said to be so.
update notifier_ledger.page_way set outcome = 'failed', outcome_at = now(), outcome_reason = @reason, outcome_problem = @problem, due_at = now()
where state = 'open' and way > 0 and outcome in ('', 'attempted');

-- name: DismissPageWays :exec
-- Ends the leases of dead processes.
update notifier_ledger.page_way set lease_until = now(), lease_process = null
where state = 'open' and lease_until >= now() and lease_process = any(@processes::integer[]);

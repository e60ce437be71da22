-- name: ActedThrough :one
select position from notifier_ledger.acted_through;

-- name: StartActing :exec
insert into notifier_ledger.acted_through (epoch, sequence, position) values (@epoch, @sequence, @position)
on conflict do nothing;

-- name: Advance :execrows
-- The old position is the fence: a second notifier changes no row.
update notifier_ledger.acted_through set epoch = @epoch, sequence = @sequence, position = @position, updated_at = now()
where position = @before;

-- name: AddEndpoint :exec
insert into notifier_ledger.endpoint (webhook_id) values (@webhook_id) on conflict do nothing;

-- name: AddDelivery :execrows
insert into notifier_ledger.delivery (event_id, webhook_id, message_id, incident_id, revision, event_type, trace_parent, body, state, reason)
values (@event_id, @webhook_id, @message_id, @incident_id, @revision, @event_type, @trace_parent, @body, @state, @reason)
on conflict (event_id, webhook_id) do nothing;

-- name: Wake :execrows
-- One row when the lane was asleep: the caller then adds a job.
update notifier_ledger.endpoint set woken = true where webhook_id = @webhook_id and not woken;

-- name: Lease :execrows
update notifier_ledger.endpoint set lease_owner = @owner::text, lease_until = now() + make_interval(secs => @seconds::double precision), woken = false, timer_at = null
where webhook_id = @webhook_id and (lease_until is null or lease_until < now() or lease_owner = @owner::text);

-- name: Release :execrows
-- No row while something was created since the lane last looked.
update notifier_ledger.endpoint set lease_owner = null, lease_until = null
where webhook_id = @webhook_id and lease_owner = @owner::text and not woken;

-- name: Abandon :exec
update notifier_ledger.endpoint set lease_owner = null, lease_until = null
where webhook_id = @webhook_id and lease_owner = @owner::text;

-- name: SetTimer :execrows
update notifier_ledger.endpoint set timer_at = @at where webhook_id = @webhook_id and (timer_at is null or timer_at > @at or timer_at < now());

-- name: Due :many
select id, message_id, event_type, incident_id, trace_parent, body, attempts from notifier_ledger.delivery
where webhook_id = @webhook_id and state = 'pending' and next_attempt_at <= now()
order by id limit @most;

-- name: NextAttempt :one
select next_attempt_at from notifier_ledger.delivery where webhook_id = @webhook_id and state = 'pending'
order by next_attempt_at limit 1;

-- name: AddAttempt :exec
insert into notifier_ledger.attempt (delivery_id, number, started_at, duration_ms, outcome, status, problem, request_headers, response_headers, response_body)
values (@delivery_id, @number, @started_at, @duration_ms, @outcome, @status, @problem, @request_headers, @response_headers, @response_body);

-- name: FinishDelivery :exec
update notifier_ledger.delivery set state = @state, reason = @reason, attempts = @attempts, finished_at = now()
where id = @id and state = 'pending';

-- name: PostponeDelivery :exec
update notifier_ledger.delivery set attempts = @attempts, next_attempt_at = @next_attempt_at
where id = @id and state = 'pending';

-- name: NoteSuccess :exec
update notifier_ledger.endpoint set failing_since = null, failures = 0 where webhook_id = @webhook_id and failures > 0;

-- name: NoteFailure :exec
update notifier_ledger.endpoint set failing_since = coalesce(failing_since, now()), failures = failures + 1 where webhook_id = @webhook_id;

-- name: Disable :exec
update notifier_ledger.endpoint set disabled_revision = @revision::bigint, disabled_reason = @reason::text, disabled_at = now() where webhook_id = @webhook_id;

-- name: CancelPending :exec
update notifier_ledger.delivery set state = 'cancelled', reason = @reason, finished_at = now() where webhook_id = @webhook_id and state = 'pending';

-- name: DisabledEndpoints :many
select webhook_id, disabled_revision::bigint as revision from notifier_ledger.endpoint where disabled_revision is not null;

-- name: Unattended :many
-- Receivers with something due and nobody at work: what a lost wake-up left.
select distinct d.webhook_id from notifier_ledger.delivery d join notifier_ledger.endpoint e using (webhook_id)
where d.state = 'pending' and d.next_attempt_at <= now() and (e.lease_until is null or e.lease_until < now());

-- name: IncidentDeliveries :many
select id, event_id from notifier_ledger.delivery where incident_id = @incident_id;

-- name: RewriteBody :exec
update notifier_ledger.delivery set body = @body where id = @id;

-- name: ForgetAnswers :exec
-- A receiver may have echoed what was sent.
update notifier_ledger.attempt set response_body = null, response_headers = null
where delivery_id in (select id from notifier_ledger.delivery where incident_id = @incident_id);

-- name: OldestPending :one
select coalesce(extract(epoch from now() - min(created_at)), 0)::double precision from notifier_ledger.delivery
where state = 'pending';

-- name: LockEndpoint :exec
-- Whoever changes deliveries locks their receivers first, so that nobody waits in
-- a circle.
select 1 from notifier_ledger.endpoint where webhook_id = @webhook_id for update;

-- name: LockIncidentEndpoints :exec
select 1 from notifier_ledger.endpoint
where webhook_id in (select d.webhook_id from notifier_ledger.delivery d where d.incident_id = @incident_id)
order by webhook_id for update;

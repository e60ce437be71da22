-- What was done cannot be computed again: nothing here may be rebuilt, and all of
-- it belongs into a backup.

-- One row: the message of the log up to which effects were created.
create table notifier_ledger.acted_through (
    singleton boolean primary key default true check (singleton),
    epoch text not null,
    sequence bigint not null check (sequence >= 0),
    position text not null,
    updated_at timestamptz not null default now()
);

-- One row for each receiver that ever got something.
create table notifier_ledger.endpoint (
    webhook_id text primary key,
    -- True when deliveries were created since the lane last looked.
    woken boolean not null default false,
    -- The lane that works, and until when nobody else may.
    lease_owner text,
    lease_until timestamptz,
    -- When the next lane job is due that waits for a retry.
    timer_at timestamptz,
    -- Revision of the resource at which the receiver was disabled by itself; it is
    -- enabled again by changing the resource.
    disabled_revision bigint,
    disabled_reason text,
    disabled_at timestamptz,
    -- Since when every attempt failed; null after a success.
    failing_since timestamptz,
    failures integer not null default 0
);

-- One effect: one event to one receiver, at most once.
create table notifier_ledger.delivery (
    id bigint generated always as identity primary key,
    event_id text not null,
    webhook_id text not null references notifier_ledger.endpoint (webhook_id),
    message_id text not null unique,
    incident_id text not null,
    revision bigint not null,
    event_type text not null,
    trace_parent text not null default '',
    -- What is sent, byte for byte, at every attempt.
    body bytea not null,
    state text not null check (state in ('pending', 'delivered', 'dead', 'held', 'cancelled')),
    -- Why it is dead, held or cancelled.
    reason text not null default '',
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    unique (event_id, webhook_id)
);

create index delivery_due on notifier_ledger.delivery (webhook_id, next_attempt_at) where state = 'pending';
create index delivery_incident on notifier_ledger.delivery (incident_id);

-- What happened at each attempt. Append-only, but for what a redaction takes away.
create table notifier_ledger.attempt (
    delivery_id bigint not null references notifier_ledger.delivery (id),
    number integer not null,
    started_at timestamptz not null,
    duration_ms integer not null,
    -- delivered, refused, unreachable, timeout, forbidden, misconfigured or gone.
    outcome text not null,
    -- 0 when there was no answer.
    status integer not null default 0,
    -- What went wrong, for people; never text of the receiver.
    problem text not null default '',
    request_headers jsonb not null,
    response_headers jsonb,
    response_body bytea,
    primary key (delivery_id, number)
);

---- create above / drop below ----

drop table notifier_ledger.attempt;
drop table notifier_ledger.delivery;
drop table notifier_ledger.endpoint;
drop table notifier_ledger.acted_through;

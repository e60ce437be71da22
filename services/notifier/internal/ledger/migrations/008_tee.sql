-- What is forwarded of an alert to an integration: one row for both, which remembers how
-- far that has got. What is to be forwarded is read from the alert in the log.
create table notifier_ledger.tee (
    alert_id text not null,
    integration_id text not null,
    -- True before the trigger is sent for the first time: it may have got there.
    tried boolean not null default false,
    -- What was forwarded, or given up.
    triggered_at timestamptz,
    acknowledged_at timestamptz,
    resolved_at timestamptz,
    -- open, done or dead.
    state text not null default 'open' check (state in ('open', 'done', 'dead')),
    -- Attempts at what is to be forwarded next, and when the next one is due.
    attempts integer not null default 0,
    due_at timestamptz not null default now(),
    -- Until when nobody else may work on it.
    lease_until timestamptz not null default now(),
    -- What is still to be said of it on the alert, and under which key.
    note text not null default '',
    note_key text not null default '',
    created_at timestamptz not null default now(),
    primary key (alert_id, integration_id)
);

create index tee_due on notifier_ledger.tee (due_at) where state = 'open';

---- create above / drop below ----

drop table notifier_ledger.tee;

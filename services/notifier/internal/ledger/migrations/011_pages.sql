-- What is told of a page: one row for each person and way, and one, whose way is 0, that
-- watches over the page itself. What there is to say is read from the log.
create table notifier_ledger.page_way (
    -- The event that called.
    event_id text not null,
    person_id text not null default '',
    way integer not null check (way >= 0),
    page_id text not null,
    alert_id text not null,
    -- What carries the way, by name.
    integration text not null default '',
    -- Place of the event's commit in the log.
    sequence bigint not null check (sequence >= 0),
    state text not null default 'open' check (state in ('open', 'done')),
    -- Why it is done, as a word.
    reason text not null default '',
    -- Attempts that were begun.
    attempts integer not null default 0,
    -- Since when it may be tried; null while it may not.
    since timestamptz,
    due_at timestamptz not null default now(),
    -- Before when no further attempt is made, whatever wakes it; null: none was made.
    retry_at timestamptz,
    -- Until when nobody else may work on it, and the process that does.
    lease_until timestamptz not null default now(),
    lease_process integer,
    -- What is still to be written into the log.
    outcome text not null default '' check (outcome in ('', 'attempted', 'delivered', 'failed')),
    outcome_at timestamptz,
    outcome_reason text not null default '',
    outcome_problem text not null default '',
    created_at timestamptz not null default now(),
    primary key (event_id, person_id, way)
);

create index page_way_due on notifier_ledger.page_way (due_at) where state = 'open';
create index page_way_alert on notifier_ledger.page_way (alert_id) where state = 'open';

---- create above / drop below ----

drop table notifier_ledger.page_way;

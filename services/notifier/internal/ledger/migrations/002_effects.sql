alter table notifier_ledger.delivery
    -- An event of the log, or a test that a person asked for.
    add column kind text not null default 'event' check (kind in ('event', 'test')),
    -- Place of the event's commit in the log; 0 for a test.
    add column sequence bigint not null default 0 check (sequence >= 0),
    -- Why it is in its state, for programs; reason says it for people.
    add column reason_code text not null default '',
    -- Attempts that were made before it was last put into the schedule anew.
    add column attempts_before integer not null default 0;

create index delivery_created on notifier_ledger.delivery (created_at, id);
create index delivery_webhook on notifier_ledger.delivery (webhook_id, id);
create index delivery_waiting on notifier_ledger.delivery (state, id) where state in ('pending', 'held', 'dead');

alter table notifier_ledger.endpoint
    add column last_success_at timestamptz,
    add column last_failure_at timestamptz,
    -- What the last failed attempt ran into, in our words.
    add column last_problem text not null default '',
    -- Nothing is attempted before: the receiver fails again and again.
    add column throttled_until timestamptz,
    add column disabled_code text not null default '';

alter table notifier_ledger.acted_through
    -- Events up to here may have been sent by a ledger that was replaced by an
    -- older copy: they are held.
    add column uncertain_through bigint not null default 0,
    add column uncertain_since timestamptz;

-- Numbers of rounds: a round is what one lane sends between two looks at the
-- ledger. Its last value is compared with the mark outside this database.
create sequence notifier_ledger.round;

---- create above / drop below ----

drop sequence notifier_ledger.round;
alter table notifier_ledger.acted_through drop column uncertain_through, drop column uncertain_since;
alter table notifier_ledger.endpoint
    drop column last_success_at, drop column last_failure_at, drop column last_problem, drop column throttled_until, drop column disabled_code;
drop index notifier_ledger.delivery_waiting;
drop index notifier_ledger.delivery_webhook;
drop index notifier_ledger.delivery_created;
alter table notifier_ledger.delivery
    drop column kind, drop column sequence, drop column reason_code, drop column attempts_before;

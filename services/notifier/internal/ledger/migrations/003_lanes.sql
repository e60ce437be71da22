alter table notifier_ledger.delivery
    -- How often a redaction changed the body: an answer that echoes an older body
    -- is not kept.
    add column redactions integer not null default 0,
    drop constraint delivery_kind_check,
    -- A notice tells of the notifier's own doings, for example of a receiver that
    -- was disabled.
    add constraint delivery_kind_check check (kind in ('event', 'test', 'notice'));

alter table notifier_ledger.endpoint
    drop column timer_at,
    -- When somebody has to look after the receiver although nothing new comes: a
    -- retry is due then, or whoever had the lease has died.
    add column due_at timestamptz;

update notifier_ledger.endpoint e set due_at = now()
where exists (select 1 from notifier_ledger.delivery d where d.webhook_id = e.webhook_id and d.state = 'pending');

create index endpoint_due on notifier_ledger.endpoint (due_at) where due_at is not null;

---- create above / drop below ----

drop index notifier_ledger.endpoint_due;
alter table notifier_ledger.endpoint drop column due_at, add column timer_at timestamptz;
alter table notifier_ledger.delivery drop column redactions, drop constraint delivery_kind_check,
    add constraint delivery_kind_check check (kind in ('event', 'test'));

-- What third parties' status pages said last, and what is still to be told of it. It
-- cannot be computed again: it says what was told, so it is kept as the ledger is.
create table notifier_ledger.status_watch (
    integration text primary key,
    next_at timestamptz not null,
    kept jsonb not null
);

---- create above / drop below ----

drop table notifier_ledger.status_watch;

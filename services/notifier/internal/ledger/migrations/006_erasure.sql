-- Redactions that took something away, and how many of them are gone from the
-- files too.
create table notifier_ledger.erasure (
    singleton boolean primary key default true check (singleton),
    wanted bigint not null default 0,
    done bigint not null default 0
);

insert into notifier_ledger.erasure default values;

-- Statistics would keep samples of what people wrote.
alter table notifier_ledger.delivery alter column body set statistics 0;
alter table notifier_ledger.attempt alter column response_body set statistics 0, alter column response_headers set statistics 0;

---- create above / drop below ----

drop table notifier_ledger.erasure;

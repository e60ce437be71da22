alter table notifier_ledger.endpoint
    -- The process whose lane has the lease, by the number under which it attends: an
    -- advisory lock of a session, so that the database notices when it dies.
    add column lease_process integer;

---- create above / drop below ----

alter table notifier_ledger.endpoint drop column lease_process;

-- Signing secrets, each sealed with the key of the installation, which is not in
-- this database.
create table notifier_ledger.secret (
    id text primary key,
    -- Name of the webhook it was made for.
    webhook text not null,
    sealed bytea not null,
    created_at timestamptz not null default now(),
    -- It signs until then; null: until it is taken out of the resource.
    expires_at timestamptz
);

create index secret_webhook on notifier_ledger.secret (webhook);

---- create above / drop below ----

drop table notifier_ledger.secret;

-- One row for each event, with its text as it reads today.
create table entry (
    incident_id text not null,
    revision bigint not null,
    type text not null,
    event_id text not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    actor text not null,
    headline text not null,
    body text not null,
    original text not null,
    label text not null,
    author text not null,
    target bigint not null,
    edited boolean not null,
    pinned boolean not null,
    hidden boolean not null,
    redacted boolean not null,
    curation boolean not null,
    clock_adjusted boolean not null
);

-- Statistics would keep samples of what people write.
alter table entry alter column body set statistics 0, alter column original set statistics 0,
    alter column label set statistics 0, alter column author set statistics 0;

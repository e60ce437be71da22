-- One row for each change. Times are microseconds since 1970, as machines send them:
-- their range is not that of timestamptz. 0 is a time that is not known.
create table change (
    id text collate "C" primary key,
    -- The revision of the last report that is folded.
    revision bigint not null,
    source text not null,
    key text not null,
    kind integer not null,
    service text not null,
    environment text not null,
    version text not null,
    started_us bigint not null,
    ended_us bigint not null,
    -- When it took effect: the begin, or else the end.
    began_us bigint not null,
    outcome integer not null,
    author_id text not null,
    signal_id text not null,
    recorded_us bigint not null,
    updated_us bigint not null,
    title text not null,
    author_name text not null,
    link text not null,
    description text not null,
    labels jsonb not null,
    -- True when the content is gone: it never comes back.
    redacted boolean not null
);

create index change_latest on change (began_us desc, id desc);
create index change_service on change (service, began_us desc, id desc);

-- How far the log is folded.
create table progress (
    only_row boolean primary key default true check (only_row),
    -- The version of the fold; another one, or another epoch, is rebuilt.
    fold integer not null,
    epoch text not null,
    -- The last message of a change, with its hash, and the last redaction.
    sequence bigint not null,
    hash bytea not null,
    redactions bigint not null
);

insert into progress (fold, epoch, sequence, hash, redactions) values (0, '', 0, '', 0);

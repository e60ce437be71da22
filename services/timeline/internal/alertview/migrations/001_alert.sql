-- One row for each alert. Times are microseconds since 1970, as machines send
-- them: their range is not that of timestamptz.
create table alert (
    id text collate "C" primary key,
    source text not null,
    fingerprint text not null,
    route text not null,
    group_key text not null,
    incident_id text not null,
    signal_id text not null,
    started_us bigint not null,
    recorded_us bigint not null,
    title text not null,
    labels jsonb not null,
    annotations jsonb not null,
    generator_url text not null,
    -- True when the content is gone: it never comes back.
    redacted boolean not null,
    ended_us bigint,
    end_recorded_us bigint,
    end_signal_id text not null default ''
);

create index alert_latest on alert (started_us desc, id desc);
create index alert_open on alert (started_us desc, id desc) where ended_us is null;
create index alert_incident on alert (incident_id, started_us desc);
create index alert_labels on alert using gin (labels jsonb_path_ops);

-- How far the log is folded.
create table progress (
    only_row boolean primary key default true check (only_row),
    -- The version of the fold; another one, or another epoch, is rebuilt.
    fold integer not null,
    epoch text not null,
    -- The last message of an alert, with its hash, and the last redaction.
    sequence bigint not null,
    hash bytea not null,
    redactions bigint not null
);

insert into progress (fold, epoch, sequence, hash, redactions) values (0, '', 0, '', 0);

-- One row for each page. Times are microseconds since 1970.
create table page (
    id text collate "C" primary key,
    -- The revision of the last event that is folded.
    revision bigint not null,
    alert_id text not null,
    route text not null,
    team text not null,
    shadow boolean not null,
    -- Opaque ids of those who are called.
    people text[] not null,
    requested_us bigint not null,
    -- When the alert was over; 0 while it lasts.
    ended_us bigint not null,
    -- The folded page as JSON, as its fold wrote it.
    state text not null
);

create index page_latest on page (requested_us desc, id desc);
create index page_alert on page (alert_id);

-- How far the log is folded.
create table progress (
    only_row boolean primary key default true check (only_row),
    -- The version of the fold; another one, or another epoch, is rebuilt.
    fold integer not null,
    epoch text not null,
    -- The last message of a page, with its hash, and the last redaction.
    sequence bigint not null,
    hash bytea not null,
    redactions bigint not null
);

insert into progress (fold, epoch, sequence, hash, redactions) values (0, '', 0, '', 0);

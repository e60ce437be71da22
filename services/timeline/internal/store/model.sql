-- One version of the read model. It stands in a schema of its own, is built beside
-- the live one and replaces it as a whole; see migrations/001_live.sql.
-- Tables that are filled by a rebuild stand in files of their own.

-- The words of entries that can be found. Apart from entry, so that it can be
-- filled after a rebuild has swung over.
create table entry_words (
    incident_id text not null,
    revision bigint not null,
    recorded_at timestamptz not null,
    words tsvector not null,
    primary key (incident_id, revision)
);

-- Incidents whose view ends before an event that cannot be folded.
create table quarantine (
    incident_id text primary key,
    revision bigint not null,
    sequence bigint not null,
    problem text not null
);

-- What redactions replaced stands in the files until they are written anew: wanted
-- counts such transactions, done is the count up to which that has happened.
create table erasure (
    only_row boolean primary key default true check (only_row),
    wanted bigint not null default 0,
    done bigint not null default 0
) with (fillfactor = 10);
insert into erasure default values;

-- Statistics would keep samples of what people write.
alter table entry_words alter column words set statistics 0;

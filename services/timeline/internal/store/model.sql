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

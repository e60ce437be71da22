-- One version of the read model. It stands in a schema of its own, is built beside
-- the live one and replaces it as a whole; see migrations/001_live.sql.

-- One row for each incident: the folded view in document (timeline.v1.Incident),
-- and what queries filter and sort by.
create table incident (
    id text not null,
    number bigint not null,
    revision bigint not null,
    severity text not null check (severity in ('unknown', 'SEV-1', 'SEV-2', 'SEV-3') or severity like 'unknown(%'),
    status text not null check (status in ('unknown', 'triage', 'investigating', 'identified', 'monitoring',
        'resolved', 'closed', 'cancelled') or status like 'unknown(%'),
    kind text not null check (kind in ('incident', 'maintenance') or kind like 'unknown(%'),
    open boolean not null,
    private boolean not null,
    drill boolean not null,
    merged boolean not null,
    declared_at timestamptz not null,
    services text[] not null,
    holders text[] not null,
    members text[] not null,
    document bytea not null
);

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

-- The words of entries that can be found. Apart from entry, so that it can be
-- filled after a rebuild has swung over.
create table entry_words (
    incident_id text not null,
    revision bigint not null,
    recorded_at timestamptz not null,
    words tsvector not null
);

-- Incidents whose view ends before an event that cannot be folded.
create table quarantine (
    incident_id text primary key,
    revision bigint not null,
    sequence bigint not null,
    problem text not null
);

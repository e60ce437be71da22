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
    waiting boolean not null, -- a clock may run or be overdue, also after it was closed
    category text not null,
    declared_at timestamptz not null,
    services text[] not null,
    holders text[] not null,
    members text[] not null,
    document bytea not null
) with (toast_tuple_target = 8160); -- lists read whole rows: kept together, not compressed

-- Statistics would keep samples of what people write.
alter table incident alter column document set statistics 0;

-- The place in lists of an incident for each service it names, so that the list of
-- one service reads no others. A trigger of incident keeps it; see its indexes.
create table incident_service (
    service text not null,
    declared_at timestamptz not null,
    number bigint not null,
    incident_id text not null
);

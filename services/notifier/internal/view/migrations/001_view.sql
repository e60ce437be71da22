-- Computed from the log alone: may be emptied at any time and built anew.

-- One row for each incident that anybody was told of, as it was at the last event
-- that somebody was told of, or later.
create table notifier_view.incident (
    id text primary key,
    number bigint not null,
    title text not null,
    severity integer not null,
    status integer not null,
    services text[] not null,
    private boolean not null,
    -- Number of the last event that was folded.
    revision bigint not null
);

create index incident_number on notifier_view.incident (number);

---- create above / drop below ----

drop table notifier_view.incident;

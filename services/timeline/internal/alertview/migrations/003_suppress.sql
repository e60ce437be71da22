-- What keeps an alert from calling, and how its condition comes and goes.
alter table alert
    -- Beginnings and ends of suppressions by revision.
    add column suppressions jsonb not null default '{}',
    -- The last of them: its revision, and whether it is a beginning.
    add column suppressed_revision bigint not null default 0,
    add column suppressed boolean not null default false,
    add column flapping_episodes integer not null default 0,
    add column flapping_since_us bigint not null default 0,
    add column flapping_window_us bigint not null default 0,
    add column calmed_us bigint;

create index alert_suppressed on alert (started_us desc, id desc) where suppressed and ended_us is null;

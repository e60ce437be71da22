-- What a change was said to be over time, for reads of the past: they read those from the
-- log that may have been what is looked for.
alter table change
    -- The earliest and the latest time at which it was said to take effect.
    add column earliest_us bigint not null default 0,
    add column latest_us bigint not null default 0,
    -- True when it was once said to be of another service or kind.
    add column moved boolean not null default false;

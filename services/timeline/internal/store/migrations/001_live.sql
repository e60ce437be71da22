-- Which version of the read model answers reads. Every transaction that reads or
-- writes the model follows this row.
create table live (
    only_row boolean primary key default true check (only_row),
    version integer not null,
    -- The version of the fold that made it; another one is rebuilt.
    fold integer not null,
    -- False while its search index is still being built.
    searchable boolean not null,
    since timestamptz not null default now()
);

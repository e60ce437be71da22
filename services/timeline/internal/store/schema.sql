-- Only for the query compiler: what stands outside the versions of the model, and
-- what package projection makes in each of them.
create schema timeline;

create table timeline.live (
    only_row boolean primary key,
    version integer not null,
    fold integer not null,
    searchable boolean not null,
    since timestamptz not null
);

create table checkpoint (
    only_row boolean primary key,
    epoch text not null,
    sequence bigint not null,
    hash bytea not null
);

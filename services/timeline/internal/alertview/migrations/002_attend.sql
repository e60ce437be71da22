-- What people do with an alert: who takes care of it, and what they write down.
alter table alert
    add column acked_us bigint,
    add column acked_recorded_us bigint,
    add column acked_revision bigint,
    add column acked_by text not null default '',
    add column acked_signal_id text not null default '',
    add column acked_note text not null default '',
    add column acked_said_by text not null default '',
    add column acked_redacted boolean not null default false,
    -- Notes by revision. The words of a redacted one are gone and never come back.
    add column notes jsonb not null default '{}';

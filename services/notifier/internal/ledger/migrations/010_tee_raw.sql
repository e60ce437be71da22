-- An alert that came in at the door of the tool that it is forwarded to is told of under the
-- sender's own key, which the row keeps: empty for the alert's id.
alter table notifier_ledger.tee
    add column key text not null default '',
    -- What has the same of these is told of in the order in which it began, since the key
    -- may come again: empty where it cannot.
    add column series text not null default '',
    -- The revision of the last note of a sender that was forwarded, or given up.
    add column noted bigint not null default 0;

create index tee_series on notifier_ledger.tee (integration_id, series) where state = 'open' and series <> '';

---- create above / drop below ----

drop index notifier_ledger.tee_series;
alter table notifier_ledger.tee drop column noted, drop column series, drop column key;

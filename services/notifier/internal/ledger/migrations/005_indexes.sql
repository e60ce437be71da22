-- A delivery is written twice, and each index both times: only those stay that
-- something hot needs. A message id is found by the event and the receiver in it.
alter table notifier_ledger.delivery drop constraint delivery_message_id_key;
drop index notifier_ledger.delivery_created;
drop index notifier_ledger.delivery_waiting;
drop index notifier_ledger.delivery_due;
create index delivery_due on notifier_ledger.delivery (webhook_id, next_attempt_at, id) where state = 'pending';
create index delivery_created on notifier_ledger.delivery using brin (created_at);
create index delivery_stuck on notifier_ledger.delivery (state, id) where state in ('held', 'dead');

---- create above / drop below ----

drop index notifier_ledger.delivery_stuck;
drop index notifier_ledger.delivery_due;
create index delivery_due on notifier_ledger.delivery (webhook_id, next_attempt_at) where state = 'pending';
drop index notifier_ledger.delivery_created;
create index delivery_created on notifier_ledger.delivery (created_at, id);
create index delivery_waiting on notifier_ledger.delivery (state, id) where state in ('pending', 'held', 'dead');
alter table notifier_ledger.delivery add constraint delivery_message_id_key unique (message_id);

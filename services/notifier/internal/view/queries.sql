-- name: Put :exec
insert into notifier_view.incident (id, number, title, severity, status, services, private, revision)
values (@id, @number, @title, @severity, @status, @services, @private, @revision)
on conflict (id) do update set number = excluded.number, title = excluded.title, severity = excluded.severity, status = excluded.status,
    services = excluded.services, private = excluded.private, revision = excluded.revision
where excluded.revision >= incident.revision;

-- name: Rows :many
select id, number, title, severity, status, services, private, revision from notifier_view.incident order by id;

-- name: Some :many
select id, number, title, severity, status, services, private, revision from notifier_view.incident where id = any(@ids::text[]);

-- name: Drop :exec
delete from notifier_view.incident where id = any(@ids::text[]);

-- name: Private :many
select id from notifier_view.incident where private;

-- name: Any :one
select exists (select from notifier_view.incident);

-- name: PrivateAmong :many
select id from notifier_view.incident where private and id = any(@ids::text[]);

-- name: Refresh :exec
update notifier_view.incident set id = @id, number = @number, title = @title, severity = @severity, status = @status, services = @services,
    private = @private, revision = @revision
where id = @id and revision <= @revision;

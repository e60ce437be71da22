-- The indexes of incidents, made after the table was filled.

alter table incident add primary key (id);
create index incident_number on incident (number);
-- Lists: newest first, by keyset.
create index incident_newest on incident (declared_at desc, number desc);
create index incident_open on incident (declared_at desc, number desc) where open;
create index incident_waiting on incident (declared_at desc, number desc) where waiting;
create index incident_category on incident (category, declared_at desc, number desc) where category <> '';
create index incident_severity on incident (severity, declared_at desc, number desc);
create index incident_status on incident (status, declared_at desc, number desc);
create index incident_status_severity on incident (status, severity, declared_at desc, number desc);
create index incident_holders on incident using gin (holders) with (gin_pending_list_limit = 64);

-- Lists of a service, by the same keyset.
insert into incident_service (service, declared_at, number, incident_id)
select distinct s.service, i.declared_at, i.number, i.id from incident i, unnest(i.services) as s (service);
create unique index incident_service_newest on incident_service (service, declared_at desc, number desc, incident_id);
create index incident_service_incident on incident_service (incident_id);

create function keep_incident_services() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        delete from incident_service where incident_id = old.id;
    end if;
    insert into incident_service (service, declared_at, number, incident_id)
    select distinct s.service, new.declared_at, new.number, new.id from unnest(new.services) as s (service);
    return null;
end
$$;
create trigger new_incident_services after insert on incident
    for each row when (new.services <> '{}') execute function keep_incident_services();
create trigger changed_incident_services after update on incident
    for each row when ((old.services, old.declared_at, old.number) is distinct from (new.services, new.declared_at, new.number))
    execute function keep_incident_services();

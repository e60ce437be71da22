-- The indexes of incidents, made after the table was filled.

alter table incident add primary key (id);
create index incident_number on incident (number);
-- Lists: newest first, by keyset.
create index incident_newest on incident (declared_at desc, number desc);
create index incident_open on incident (declared_at desc, number desc) where open;
create index incident_severity on incident (severity, declared_at desc, number desc);
create index incident_status on incident (status, declared_at desc, number desc);
create index incident_status_severity on incident (status, severity, declared_at desc, number desc);
create index incident_services on incident using gin (services);
create index incident_holders on incident using gin (holders);

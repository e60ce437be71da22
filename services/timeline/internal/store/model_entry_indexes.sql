-- The index of entries, made after the table was filled.

alter table entry add primary key (incident_id, revision);

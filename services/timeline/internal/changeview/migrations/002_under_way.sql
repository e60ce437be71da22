-- What was told of before a time and again after it, for reads of the past: a row says
-- what is known today.
create index change_under_way on change using gist (int8range(recorded_us, updated_us)) where updated_us > recorded_us;

-- Only for the query compiler: migrations run in a schema that exists.
create schema notifier_view;

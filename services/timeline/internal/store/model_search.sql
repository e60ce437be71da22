-- The index of words. After a rebuild it is made last and without blocking; see
-- words.go.

create index entry_words_words on entry_words using gin (words) with (gin_pending_list_limit = 128);

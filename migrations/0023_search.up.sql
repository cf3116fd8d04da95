-- The search of the lists: of each submission and each rate the words that somebody may find it by, once for CMS and once
-- for its state. The database keeps them in step with what they are made of, at the end of each transaction.

-- For near spellings.
create extension if not exists pg_trgm;

-- Who looks for what.
create type search_scope as enum ('cms_submissions', 'cms_rates', 'state_submissions', 'state_rates');
-- Where a word stands.
create type search_place as enum
  ('name', 'program', 'submission', 'description', 'mccrs_number', 'rate', 'contact', 'actuary', 'document', 'question', 'response', 'note');

-- What a search is answered from alone, counted and put in order, as long as nothing else is asked for: where a case stands
-- is repeated here, since to look it up for each of a hundred thousand takes longer than all the rest.
create table search_entry (
  scope search_scope not null,
  -- The contract review's or rate review's row.
  subject_id uuid not null,
  number integer not null,
  -- As far as the side may see.
  last_activity_at timestamptz not null,
  -- The place of its status in the order of life, from 0.
  status_rank smallint not null,
  state_code text not null,
  -- Lower case. In a state's scope each begins with the state's code, so that nobody's search reads the words of others.
  words tsvector not null,
  primary key (subject_id, scope)
) partition by list (scope);
alter table search_entry alter column words set storage external;
-- Room for where a case stands to change in place, away from the index.
create table search_entry_cms_submissions partition of search_entry for values in ('cms_submissions') with (fillfactor = 90);
create table search_entry_cms_rates partition of search_entry for values in ('cms_rates') with (fillfactor = 90);
create table search_entry_state_submissions partition of search_entry for values in ('state_submissions') with (fillfactor = 90);
create table search_entry_state_rates partition of search_entry for values in ('state_rates') with (fillfactor = 90);
-- A search reads the pending list as a whole, so that stays short.
create index search_entry_words on search_entry using gin (words) with (gin_pending_list_limit = 256);
-- What CMS finds in the order of its lists: words that many have, among the first.
create index contract_review_found on contract_review (last_activity_cms_at, state_code, number) where last_activity_cms_at is not null;
create index rate_review_found on rate_review (last_activity_cms_at, state_code, number) where last_activity_cms_at is not null;

-- Where each case stands, for each scope.
create view search_standing (scope, subject_id, state_code, number, status_rank, last_activity_at) as
  select side.scope, r.id, r.state_code, r.number, (array_position(enum_range(null::contract_review_status), r.status) - 1)::smallint, side.at
    from contract_review r
   cross join lateral (values ('cms_submissions'::search_scope, last_activity_cms_at), ('state_submissions', last_activity_state_at)) side (scope, at)
  union all
  select side.scope, r.id, r.state_code, r.number, (array_position(enum_range(null::rate_review_status), r.status) - 1)::smallint, side.at
    from rate_review r
   cross join lateral (values ('cms_rates'::search_scope, last_activity_cms_at), ('state_rates', last_activity_state_at)) side (scope, at);

-- Every word that an entry ever had, for CMS and per state: what near spellings are looked for in. A word may stand here
-- that nothing has any more, or twice if two came by it at once: who looks here asks the entries as well.
create table search_word (
  -- The code of a state in lower case; blank for CMS.
  side text not null,
  word text not null
);
create index search_word_known on search_word (side, word);
create index search_word_near on search_word using gin (word gin_trgm_ops);

-- What a transaction has changed that is searched. No row outlives its transaction.
create unlogged table search_stale (
  transaction xid8 not null,
  subject_id uuid not null,
  -- Whether its words have changed, and not only where it stands.
  words boolean not null,
  -- The first row has the rest looked after, once, when the transaction ends.
  rings boolean not null,
  primary key (transaction, subject_id)
);

-- The words of a text, as `search::Words` splits what is looked for: of its comparison key. Words and lists of words have
-- limits in a tsvector: what is longer is cut, before and after, since a key may be longer than its text.
create function search_split(of_text text) returns setof text language sql immutable parallel safe as $$
  select left(word, 100)
    from regexp_split_to_table(left(comparison_key(left(of_text, 150000)), 150000),
           '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u1680\u2000-\u206f\u3000-\u303f\ufeff]+') word
   where word <> ''
$$;

-- A list of words: of a text, and of keys, which are found as such (mn-5, mn-r5) and by their number (#5; of a rate #r5 too).
-- None of these is a word of a text.
create function search_words(of_text text, keys text[]) returns tsvector language sql immutable parallel safe as $$
  select array_to_tsvector(array(
    select word from search_split(of_text) word
    union all select key from unnest(keys) key
    union all select '#' || split_part(key, '-', 2) from unnest(keys) key
    union all select '#' || split_part(key, '-r', 2) from unnest(keys) key where key like '%-r%'))
$$;
-- The same list in a state's scope.
create function search_words_of(of_state text, words tsvector) returns tsvector language sql immutable parallel safe as $$
  select array_to_tsvector(array(select of_state || word from unnest(tsvector_to_array(words)) word))
$$;

-- What somebody finds the people of a form by, of contacts and of actuaries.
create function search_people(people jsonb) returns text language sql immutable parallel safe as $$
  select jsonb_path_query_array(people, '$[*].* ? (@ != null && @ != "OTHER")')::text
$$;

-- The documents of versions, of contracts and of rates, that are in view.
create view document_in_view as
  select contract_submission_id, rate_submission_id, file_name from document d
   where (correction_id is null or exists (select from correction_in_force where id = d.correction_id))
     and not exists (select from correction_in_force where document_id = d.id and what = 'document_withdrawn');

-- Everything that these cases are found by, piece by piece, and who may find it.
-- CMS sees the latest version that was sent, its state the open draft where there is one.
create function search_pieces(ids uuid[])
  returns table (subject_id uuid, is_rate boolean, state_code text, for_cms boolean, for_state boolean, place search_place,
                 words text, key text)
  language sql stable as $$
  with contract as (
    select r.id, r.state_code, r.number, r.name, r.mccrs_number, v.id as version, v.contract_data as form,
           v.submitted_at is not null as for_cms, v.submitted_at is null or r.status <> 'unlocked' as for_state
      from contract_review r
      join contract_submission v on v.contract_review_id = r.id
       and (v.revision = r.sent_revision or v.submitted_at is null and v.discarded_at is null)
     where r.id = any(ids) and r.deleted_at is null
  ), packed as (
    select c.id, c.state_code, c.for_cms, c.for_state, r.number, r.name, s.id as version, s.rate_data as form
      from contract c
      join package_rate p on p.contract_submission_id = c.version
      join rate_review r on r.id = p.rate_review_id
      join rate_submission s on s.id = coalesce(p.rate_submission_id,
        (select d.id from rate_submission d
          where d.rate_review_id = r.id and d.contract_submission_id = c.version and d.submitted_at is null and d.discarded_at is null),
        (select l.id from rate_submission l where l.rate_review_id = r.id and l.revision = r.sent_revision))
  ), rate as (
    select r.id, r.state_code, r.number, r.name, r.parent_id, s.id as version, s.rate_data as form,
           s.submitted_at is not null as for_cms, s.submitted_at is null or r.status <> 'unlocked' as for_state
      from rate_review r
      join rate_submission s on s.rate_review_id = r.id
       and (s.revision = r.sent_revision or s.submitted_at is null and s.discarded_at is null)
     where r.id = any(ids) and r.deleted_at is null and r.sent_revision is not null
  ), subject as (
    select id, false as is_rate, state_code, bool_or(for_cms) as sent from contract group by id, state_code
    union all
    select id, true, state_code, true from rate group by id, state_code
  ), round as (
    select distinct s.id, s.is_rate, s.state_code, q.id as question, q.text
      from subject s join question_page page on page.page_id = s.id join question q on q.id = page.question_id
     where s.sent and page.page_id = any(ids)
  )
  select id, false, state_code, for_cms, for_state, 'name'::search_place, name, lower(state_code) || '-' || number from contract
  union all
  select id, false, state_code, for_cms, for_state, 'description', form ->> 'submission_description', null from contract
  union all
  select id, false, state_code, for_cms, for_state, 'contact', search_people(form -> 'state_contacts'), null from contract
  union all
  select id, false, state_code, for_cms, for_state, 'document', file_name, null
    from contract join document_in_view on contract_submission_id = version
  union all
  select id, false, state_code, true, false, 'mccrs_number', mccrs_number, null from contract where for_cms and mccrs_number is not null
  union all
  select id, false, state_code, for_cms, for_state, 'rate', name, lower(state_code) || '-r' || number from packed
  union all
  select id, false, state_code, for_cms, for_state, 'actuary', search_people(form -> 'certifying_actuaries'), null from packed
  union all
  select id, false, state_code, for_cms, for_state, 'document', file_name, null
    from packed join document_in_view on rate_submission_id = version
  union all
  select id, true, state_code, for_cms, for_state, 'name', name, lower(state_code) || '-r' || number from rate
  union all
  select r.id, true, r.state_code, r.for_cms, r.for_state, 'submission', null, lower(c.state_code) || '-' || c.number
    from rate r join contract_review c on c.id = r.parent_id
  union all
  select id, true, state_code, for_cms, for_state, 'actuary', search_people(form -> 'certifying_actuaries'), null from rate
  union all
  select id, true, state_code, for_cms, for_state, 'document', file_name, null
    from rate join document_in_view on rate_submission_id = version
  union all
  select s.id, false, s.state_code, s.sent, true, 'program', p.name || ' ' || p.full_name, null
    from subject s join contract_review_program named on named.contract_review_id = s.id join program p on p.id = named.program_id
   where not s.is_rate
  union all
  select s.id, true, s.state_code, true, true, 'program', p.name || ' ' || p.full_name, null
    from subject s join rate_review_program named on named.rate_review_id = s.id join program p on p.id = named.program_id
   where s.is_rate
  union all
  select id, is_rate, state_code, true, true, 'question',
         concat_ws(' ', text, (select string_agg(file_name, ' ') from document where question_id = question)), null from round
  union all
  select round.id, is_rate, state_code, true, true, 'response',
         concat_ws(' ', said.text, (select string_agg(file_name, ' ') from document where response_id = said.id)), null
    from round join response said on said.question_id = question and said.removed_at is null
  union all
  select s.id, false, s.state_code, true, false, 'note', note.text, null from subject s join note on note.contract_review_id = s.id
  union all
  select s.id, true, s.state_code, true, false, 'note', note.text, null from subject s join note on note.rate_review_id = s.id
$$;

-- The entries that these cases should have. Mostly both sides see the same: that is split once.
create function search_made(ids uuid[]) returns table (scope search_scope, subject_id uuid, side text, words tsvector)
  language sql stable as $$
  with listed as materialized (
    select subject_id, is_rate, state_code, bool_or(for_cms) as for_cms, bool_or(for_state) as for_state,
           case when bool_or(for_cms and for_state) then search_words(string_agg(words, ' ' order by place) filter (where for_cms and for_state),
             array_agg(key) filter (where for_cms and for_state and key is not null)) else '' end as of_both,
           case when bool_or(not for_state) then search_words(string_agg(words, ' ' order by place) filter (where not for_state),
             array_agg(key) filter (where not for_state and key is not null)) else '' end as of_cms,
           case when bool_or(not for_cms) then search_words(string_agg(words, ' ' order by place) filter (where not for_cms),
             array_agg(key) filter (where not for_cms and key is not null)) else '' end as of_state
      from search_pieces(ids) group by subject_id, is_rate, state_code
  )
  select case when is_rate then 'cms_rates' else 'cms_submissions' end::search_scope, subject_id, '', of_both || of_cms
    from listed where for_cms
  union all
  select case when is_rate then 'state_rates' else 'state_submissions' end::search_scope, subject_id, lower(state_code),
         search_words_of(lower(state_code), of_both || of_state)
    from listed where for_state
$$;

-- Makes them so: where cases stand, and of some of them the words. A rate may be in the packages of several cases, and what
-- is said of it is said of each: two that transactions of different cases change at once. The second waits here, and then
-- reads what the first has committed; all take the entries in the same order.
-- The statement is planned once, maybe while the tables are empty: it goes by keys in any case. To compile it would take
-- longer than to run it.
create function search_refresh(ids uuid[], of_words uuid[]) returns void language plpgsql set jit = off set enable_seqscan = off as $$
begin
  perform from search_entry where subject_id = any(ids) order by subject_id, scope for no key update;
  update search_entry e set status_rank = now.status_rank, last_activity_at = now.last_activity_at
    from search_standing now
   where (now.scope, now.subject_id) = (e.scope, e.subject_id) and e.subject_id = any(ids) and now.subject_id = any(ids)
     and (now.status_rank, now.last_activity_at) is distinct from (e.status_rank, e.last_activity_at);
  if of_words is null then
    return;
  end if;
  with made as materialized (select * from search_made(of_words)),
  gone as (
    delete from search_entry e where subject_id = any(of_words)
       and not exists (select from made where made.subject_id = e.subject_id and made.scope = e.scope)
  ),
  changed as materialized (
    select made.*, coalesce(ts_delete(made.words, tsvector_to_array(old.words)), made.words) as added
      from made left join search_entry old using (scope, subject_id) where old.words is distinct from made.words
  ),
  written as (
    insert into search_entry (scope, subject_id, state_code, number, status_rank, last_activity_at, words)
      select changed.scope, changed.subject_id, state_code, number, status_rank, last_activity_at, words
        from changed join search_standing now on (now.scope, now.subject_id) = (changed.scope, changed.subject_id)
       where now.subject_id = any(of_words) order by changed.subject_id, changed.scope
      on conflict (subject_id, scope) do update set words = excluded.words
  ),
  -- Numbers and keys have no near spellings.
  said as (
    select distinct side, substr(lexeme, length(side) + 1) as word
      from changed cross join lateral unnest(tsvector_to_array(added)) lexeme
  )
  -- Asked word by word: there are few of them, and very many known.
  insert into search_word (side, word)
    select side, word from said
     where length(word) between 3 and 40 and word !~ '[-#0-9]'
       and (select true from search_word known where known.side = said.side and known.word = said.word limit 1) is null;
end $$;

-- Remembers that these cases have changed.
create function search_touch(ids uuid[], of_words boolean default true) returns void language sql as $$
  insert into search_stale as known (transaction, subject_id, words, rings)
    select pg_current_xact_id(), id, of_words,
           row_number() over () = 1 and not exists (select from search_stale where transaction = pg_current_xact_id())
      from (select distinct id from unnest(ids) id where id is not null) touched
    on conflict (transaction, subject_id) do update set words = true where excluded.words and not known.words
$$;
create function search_catch_up() returns trigger language plpgsql as $$
declare
  ids uuid[];
  of_words uuid[];
begin
  with stale as (delete from search_stale where transaction = pg_current_xact_id() returning subject_id, words)
  select array_agg(subject_id order by subject_id), array_agg(subject_id order by subject_id) filter (where words) into ids, of_words from stale;
  perform search_refresh(ids, of_words);
  return null;
end $$;
create constraint trigger search_stale_is_caught_up after insert on search_stale
  deferrable initially deferred for each row when (new.rings) execute function search_catch_up();

-- The submissions whose packages have had these rates, and those to which they belong.
create function search_holders(rates uuid[]) returns setof uuid language sql stable as $$
  select contract_review_id from package_rate where rate_review_id = any(rates)
  union
  select parent_id from rate_review where id = any(rates)
$$;

-- What happens to a case moves its times: that touches no word.
create function search_contract_review() returns trigger language plpgsql as $$
begin
  perform search_touch(array[new.id], (old.name, old.status = 'unlocked', old.mccrs_number, old.sent_revision, old.deleted_at)
    is distinct from (new.name, new.status = 'unlocked', new.mccrs_number, new.sent_revision, new.deleted_at));
  return null;
end $$;
create trigger contract_review_is_searched after update on contract_review
  for each row when ((old.name, old.status, old.mccrs_number, old.sent_revision, old.deleted_at, old.last_activity_cms_at, old.last_activity_state_at)
    is distinct from (new.name, new.status, new.mccrs_number, new.sent_revision, new.deleted_at, new.last_activity_cms_at, new.last_activity_state_at))
  execute function search_contract_review();
create function search_rate_review() returns trigger language plpgsql as $$
begin
  if (old.name, old.status = 'unlocked', old.sent_revision, old.parent_id, old.deleted_at)
     is distinct from (new.name, new.status = 'unlocked', new.sent_revision, new.parent_id, new.deleted_at) then
    perform search_touch(array[new.id, old.parent_id] || array(select search_holders(array[new.id])));
  else
    perform search_touch(array[new.id], false);
  end if;
  return null;
end $$;
create trigger rate_review_is_searched after update on rate_review
  for each row when ((old.name, old.status, old.sent_revision, old.parent_id, old.deleted_at, old.last_activity_cms_at, old.last_activity_state_at)
    is distinct from (new.name, new.status, new.sent_revision, new.parent_id, new.deleted_at, new.last_activity_cms_at, new.last_activity_state_at))
  execute function search_rate_review();

-- Of the other tables the rows that a statement has changed are `changed`. First, those that name their case.
create function search_case() returns trigger language plpgsql as $$
begin
  perform search_touch(array(select contract_review_id from changed));
  return null;
end $$;
create function search_rate_submission() returns trigger language plpgsql as $$
begin
  perform search_touch(array(
    select rate_review_id from changed
     union all select contract_review_id from contract_submission where id in (select contract_submission_id from changed)));
  return null;
end $$;
create function search_program_of_rate() returns trigger language plpgsql as $$
begin
  perform search_touch(array(select rate_review_id from changed));
  return null;
end $$;
create function search_program() returns trigger language plpgsql as $$
begin
  perform search_touch(array(
    select contract_review_id from contract_review_program where program_id = new.id
     union all select rate_review_id from rate_review_program where program_id = new.id));
  return null;
end $$;
-- Documents of rounds are there before their rounds are.
create function search_document() returns trigger language plpgsql as $$
declare
  rates uuid[] := array(select s.rate_review_id from changed d join rate_submission s on s.id = d.rate_submission_id);
begin
  perform search_touch(rates || array(select s.contract_review_id from changed d join contract_submission s on s.id = d.contract_submission_id)
                             || array(select search_holders(rates)));
  return null;
end $$;
-- Questions, notes and corrections of a contract, or of a rate and all that hold it.
create function search_subject() returns trigger language plpgsql as $$
declare
  rates uuid[] := array(select rate_review_id from changed where rate_review_id is not null);
begin
  perform search_touch(rates || array(select contract_review_id from changed) || array(select search_holders(rates)));
  return null;
end $$;
create function search_response() returns trigger language plpgsql as $$
declare
  rates uuid[] := array(select rate_review_id from question where id in (select question_id from changed) and rate_review_id is not null);
begin
  perform search_touch(rates || array(select contract_review_id from question where id in (select question_id from changed))
                             || array(select search_holders(rates)));
  return null;
end $$;
create function search_removed_question() returns trigger language plpgsql as $$
begin
  perform search_touch(array[new.contract_review_id, new.rate_review_id] || array(select search_holders(array[new.rate_review_id])));
  return null;
end $$;
create trigger question_is_searched after update of removed_at on question
  for each row when (old.removed_at is distinct from new.removed_at) execute function search_removed_question();
create function search_removed_response() returns trigger language plpgsql as $$
begin
  perform search_touch(array(
    select unnest(array[contract_review_id, rate_review_id] || array(select search_holders(array[rate_review_id])))
      from question where id = new.question_id));
  return null;
end $$;
create trigger response_is_searched after update of removed_at on response
  for each row when (old.removed_at is distinct from new.removed_at) execute function search_removed_response();
create trigger program_is_searched after update of name, full_name on program
  for each row when ((old.name, old.full_name) is distinct from (new.name, new.full_name)) execute function search_program();

do $$
declare
  searched record;
begin
  for searched in
    select * from (values
      ('contract_submission', 'insert', 'new', 'case'), ('contract_submission', 'update', 'new', 'case'),
      ('contract_submission', 'delete', 'old', 'case'),
      ('rate_submission', 'insert', 'new', 'rate_submission'), ('rate_submission', 'update', 'new', 'rate_submission'),
      ('rate_submission', 'delete', 'old', 'rate_submission'),
      ('package_rate', 'insert', 'new', 'case'), ('package_rate', 'update', 'new', 'case'),
      ('package_rate', 'delete', 'old', 'case'),
      ('contract_review_program', 'insert', 'new', 'case'), ('contract_review_program', 'delete', 'old', 'case'),
      ('rate_review_program', 'insert', 'new', 'program_of_rate'), ('rate_review_program', 'delete', 'old', 'program_of_rate'),
      ('document', 'insert', 'new', 'document'), ('document', 'update', 'new', 'document'), ('document', 'delete', 'old', 'document'),
      ('question', 'insert', 'new', 'subject'), ('response', 'insert', 'new', 'response'),
      ('note', 'insert', 'new', 'subject'), ('correction', 'insert', 'new', 'subject')) as one (changed, by_what, which, by_function)
  loop
    execute format('create trigger %1$s_is_searched_after_%2$s after %2$s on %1$s referencing %3$s table as changed
                      for each statement execute function search_%4$s()',
                   searched.changed, searched.by_what, searched.which, searched.by_function);
  end loop;
end $$;

-- What is there already.
select search_refresh(known.ids, known.ids) from (select array(select id from contract_review order by id)) known (ids);
select search_refresh(known.ids, known.ids) from (select array(select id from rate_review order by id)) known (ids);

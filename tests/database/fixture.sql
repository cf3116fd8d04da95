-- Short words for writing what a test needs in plain SQL. Everything goes through the tables and their rules.

-- A key that a test can name: key('a'), key('a/1'), key('a/DMCO').
create function key(name text) returns uuid language sql immutable as $$ select md5(name)::uuid $$;

create function person(name text) returns uuid language sql stable as $$
  select id from account where email = name || '@demo.example.gov'
$$;

-- Writes the entry for a row as it now stands; `before` is the status that it had.
create function tell(what text, of_table text, of_row uuid, before text default null, why text default null, more jsonb default '{}')
  returns void
  language plpgsql as $$
declare
  now_status text;
  now_version integer;
  about uuid := of_row;
begin
  if of_table = 'contract_review' then
    select status, version into now_status, now_version from contract_review where id = of_row;
  elsif of_table = 'rate_review' then
    select status, version into now_status, now_version from rate_review where id = of_row;
  elsif of_table = 'department_review' then
    select status, version, coalesce(contract_review_id, rate_review_id) into now_status, now_version, about
      from department_review where id = of_row;
  elsif of_table = 'question' then
    select status, version, coalesce(contract_review_id, rate_review_id) into now_status, now_version, about from question where id = of_row;
  elsif of_table = 'note' then
    select 1, coalesce(contract_review_id, rate_review_id) into now_version, about from note where id = of_row;
  else
    select version into now_version from account where id = of_row;
  end if;
  insert into event (id, at, actor_name, subject, subject_id, kind, audience, row_table, row_id, status_before, status_after,
                     version_before, version_after, reason, details, previous_sha256, sha256)
    select gen_random_uuid(), now(), 'Somebody',
           case when of_table = 'account' then 'account' when exists (select from rate_review where id = about) then 'rate_review'
                else 'contract_review' end::event_subject,
           about, what, k.audience, of_table, of_row, before, now_status, nullif(now_version - 1, 0), now_version, why, more, '', ''
      from event_kind k where k.kind = what;
end $$;

-- A draft of a state's, its first version being key(name || '/1').
create function draft(called text, of_state text default 'MN') returns void language plpgsql as $$
declare
  taken integer;
begin
  update state set last_contract_number = last_contract_number + 1 where code = of_state returning last_contract_number into taken;
  insert into contract_review (id, state_code, number, kind, name, last_activity_state_at)
    values (key(called), of_state, taken, 'health_plan', format('MCR-%s-%s', of_state, to_char(taken, 'FM0000')), now());
  insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by)
    values (key(called || '/1'), key(called), 1, '{}', 1, now(), person('maya.lindqvist'));
  perform tell('created', 'contract_review', key(called));
end $$;

-- A file, and its place in a list of an open version.
create function attach(version text, content text, in_list document_category default 'contract', at_position integer default 1)
  returns void language plpgsql as $$
declare
  digest text := encode(sha256(convert_to(content, 'UTF8')), 'hex');
begin
  insert into blob (sha256, size, media_type, scan, stored_at) values (digest, 10, 'application/pdf', 'clean', now())
    on conflict do nothing;
  insert into document (id, contract_submission_id, category, sha256, file_name, position, uploaded_at, uploaded_by)
    values (key(version || '/' || content), key(version), in_list, digest, content || '.pdf', at_position, now(), person('maya.lindqvist'));
end $$;

-- A rate of its own in a draft, its first version being key(name || '/1').
create function rate(called text, of_draft text, at_position integer default 1) returns void language plpgsql as $$
declare
  home text := (select state_code from contract_review where id = key(of_draft));
  taken integer;
begin
  update state set last_rate_number = last_rate_number + 1 where code = home returning last_rate_number into taken;
  insert into rate_review (id, state_code, number, name, parent_id, last_activity_state_at)
    values (key(called), home, taken, format('MCR-%s', home), key(of_draft), now());
  insert into rate_submission (id, rate_review_id, revision, contract_submission_id, rate_data, form_version, created_at, created_by)
    values (key(called || '/1'), key(called), 1, key(of_draft || '/1'), '{}', 1, now(), person('maya.lindqvist'));
  perform put(called, of_draft, at_position);
  perform tell('created', 'rate_review', key(called));
end $$;

-- A rate's place in the package of a draft: of its own, or linked.
create function put(called text, into_draft text, at_position integer default 1) returns void language sql as $$
  insert into package_rate (contract_submission_id, contract_review_id, state_code, rate_review_id, position)
    select key(into_draft || '/1'), id, state_code, key(called), at_position from contract_review where id = key(into_draft)
$$;

-- The review of a rate by a department.
create function rate_review_by(of_department text, called text) returns uuid language sql stable as $$
  select id from department_review where rate_review_id = key(called) and department::text = of_department
$$;

-- Seals the rates of a draft that is being sent.
create function send_rates(of_draft text) returns void language plpgsql as $$
declare
  child uuid;
begin
  for child in select p.rate_review_id from package_rate p join rate_review r on r.id = p.rate_review_id
                where p.contract_submission_id = key(of_draft || '/1') and r.parent_id = key(of_draft)
  loop
    update rate_submission set submitted_at = now(), submitted_by = person('maya.lindqvist'), submit_reason = 'Initial submission'
     where rate_review_id = child;
    update rate_review
       set status = 'submitted', sent_revision = 1, first_submitted_at = now(), last_submitted_at = now(), last_activity_cms_at = now()
     where id = child;
    perform tell('submitted', 'rate_review', child, 'draft');
    insert into department_review (id, rate_review_id, department, status_since)
      select gen_random_uuid(), child, d, now() from unnest(array['DMCP', 'OACT']::department[]) d;
    perform tell('review_made', 'department_review', id) from department_review where rate_review_id = child;
  end loop;
  update package_rate p set rate_submission_id = s.id
    from rate_review r join rate_submission s on s.rate_review_id = r.id and s.revision = r.sent_revision
   where p.contract_submission_id = key(of_draft || '/1') and r.id = p.rate_review_id;
end $$;

-- Sends a draft with its rates; one that is subject to review gets the department review key(name || '/DMCO').
create function send(called text, leads_to contract_review_status default 'submitted') returns void language plpgsql as $$
begin
  perform send_rates(called);
  update contract_submission
     set submitted_at = now(), submitted_by = person('maya.lindqvist'), submit_reason = 'Initial submission', led_to = leads_to
   where id = key(called || '/1');
  update contract_review
     set status = leads_to, sent_revision = 1, first_submitted_at = now(), last_submitted_at = now(), last_activity_cms_at = now()
   where id = key(called);
  perform tell('submitted', 'contract_review', key(called), 'draft');
  if leads_to = 'submitted' then
    insert into department_review (id, contract_review_id, department, status_since)
      values (key(called || '/DMCO'), key(called), 'DMCO', now());
    perform tell('review_made', 'department_review', key(called || '/DMCO'));
  end if;
end $$;

create function start(called text) returns void language plpgsql as $$
begin
  update department_review set status = 'in_review', status_since = now() where id = key(called || '/DMCO');
  perform tell('review_started', 'department_review', key(called || '/DMCO'), 'not_started');
end $$;

create function sign_off(called text) returns void language plpgsql as $$
begin
  update department_review
     set status = 'signed_off', status_since = now(), decision = 'signed_off', decided_revision = 1,
         decided_by = person('sam.lee'), decided_at = now()
   where id = key(called || '/DMCO');
  perform tell('review_signed_off', 'department_review', key(called || '/DMCO'), 'in_review');
end $$;

create function approve(called text, released date default '2026-03-10') returns void language plpgsql as $$
begin
  update contract_review set status = 'approved', released_on = released where id = key(called);
  perform tell('approved', 'contract_review', key(called), 'submitted');
end $$;

create function delete_draft(called text) returns void language plpgsql as $$
begin
  delete from document where contract_submission_id = key(called || '/1');
  delete from contract_submission where id = key(called || '/1');
  delete from contract_review_program where contract_review_id = key(called);
  update contract_review set deleted_at = now() where id = key(called);
  perform tell('draft_deleted', 'contract_review', key(called), 'draft');
end $$;

-- Has a department review wait, or go on.
create function wait(called text) returns void language plpgsql as $$
declare
  before text := (select status from department_review where id = key(called || '/DMCO'));
begin
  update department_review set status = 'awaiting_state', status_since = now(), status_before = status
   where id = key(called || '/DMCO');
  perform tell('review_waiting', 'department_review', key(called || '/DMCO'), before);
end $$;

-- Gives a submission back to its state, the rates of its own with it; the next version is key(name || '/2').
create function unlock(called text) returns void language plpgsql as $$
declare
  before text := (select status from contract_review where id = key(called));
  child record;
begin
  insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by,
                                   unlocked_at, unlocked_by, unlock_reason)
    select key(called || '/2'), contract_review_id, 2, contract_data, form_version, now(), person('sam.lee'), now(),
           person('sam.lee'), 'Please mend it.'
      from contract_submission where id = key(called || '/1');
  insert into package_rate (contract_submission_id, contract_review_id, state_code, rate_review_id, position)
    select key(called || '/2'), p.contract_review_id, p.state_code, p.rate_review_id, p.position
      from package_rate p join rate_review r on r.id = p.rate_review_id
     where p.contract_submission_id = key(called || '/1') and r.status <> 'withdrawn';
  for child in select * from rate_review where parent_id = key(called) and status in ('submitted', 'resubmitted') loop
    insert into rate_submission (id, rate_review_id, revision, contract_submission_id, rate_data, form_version, created_at,
                                 created_by, unlocked_at, unlocked_by, unlock_reason)
      values (gen_random_uuid(), child.id, child.sent_revision + 1, key(called || '/2'), '{}', 1, now(), person('sam.lee'),
              now(), person('sam.lee'), 'Please mend it.');
    update rate_review set status = 'unlocked' where id = child.id;
    perform tell('unlocked', 'rate_review', child.id, child.status::text, 'Please mend it.');
    update department_review set status = 'awaiting_state', status_since = now(), status_before = status
     where rate_review_id = child.id;
    perform tell('review_waiting', 'department_review', d.id, d.status_before::text)
       from department_review d where rate_review_id = child.id;
  end loop;
  update contract_review set status = 'unlocked' where id = key(called);
  perform tell('unlocked', 'contract_review', key(called), before, 'Please mend it.');
  if exists (select from department_review where id = key(called || '/DMCO') and status <> 'awaiting_state') then
    perform wait(called);
  end if;
end $$;

create function withdraw_rate(called text, with_parent boolean default false) returns void language plpgsql as $$
declare
  before text := (select status from rate_review where id = key(called));
begin
  update rate_review set status = 'withdrawn', withdrawn_with_parent = with_parent where id = key(called);
  perform tell('rate_withdrawn', 'rate_review', key(called), before, 'No longer needed.');
end $$;

create function withdraw(called text) returns void language plpgsql as $$
declare
  before text := (select status from contract_review where id = key(called));
begin
  update contract_review set status = 'withdrawn' where id = key(called);
  perform tell('withdrawn', 'contract_review', key(called), before, 'No longer needed.');
end $$;

-- A correction of what was sent: the row alone. `said` may hold moment, action, document, revision, by and reason.
create function correction(called text, of_case text, of_kind text, said jsonb default '{}', takes_back text default null)
  returns void language sql as $$
  insert into correction (id, contract_review_id, rate_review_id, revision, what, moment, contract_action, document_id, reason,
                          made_at, made_by, undoes, all_versions)
    select key(called), (select id from contract_review where id = key(of_case)), (select id from rate_review where id = key(of_case)),
           coalesce((said ->> 'revision')::integer, 1), of_kind::correction_kind, (said ->> 'moment')::timestamptz, said ->> 'action',
           key(said ->> 'document'), coalesce(said ->> 'reason', 'It was wrong.'), now(),
           person(coalesce(said ->> 'by', 'alex.morgan')), key(takes_back), coalesce((said ->> 'all_versions')::boolean, false)
$$;

-- What goes with it: when the case was first sent follows, and the history tells of it.
create function corrected(called text, of_case text, first_sent timestamptz default null) returns void language plpgsql as $$
declare
  is_rate boolean := exists (select from rate_review where id = key(of_case));
  kind text := case when (select undoes from correction where id = key(called)) is null then 'corrected' else 'correction_undone' end;
begin
  if is_rate then
    update rate_review set first_submitted_at = coalesce(first_sent, first_submitted_at) where id = key(of_case);
  else
    update contract_review set first_submitted_at = coalesce(first_sent, first_submitted_at) where id = key(of_case);
  end if;
  perform tell(kind, case when is_rate then 'rate_review' else 'contract_review' end, key(of_case),
               coalesce((select status::text from contract_review where id = key(of_case)),
                        (select status::text from rate_review where id = key(of_case))),
               'It was wrong.', jsonb_build_object('correction', key(called)));
end $$;

-- The review of a department on what a round is about, if there is one.
create function reviewed_in(called text) returns uuid language sql stable as $$
  select d.id from department_review d join question q using (department)
   where q.id = key(called) and coalesce(d.contract_review_id, d.rate_review_id) = coalesce(q.contract_review_id, q.rate_review_id)
$$;
create function wait_for_answer(called text) returns void language plpgsql as $$
declare
  review uuid := reviewed_in(called);
  before text := (select status from department_review where id = review);
begin
  if before <> 'awaiting_state' then
    update department_review set status = 'awaiting_state', status_since = now(), status_before = 'in_review' where id = review;
    perform tell('review_waiting', 'department_review', review, before);
  end if;
end $$;
create function go_on_after(called text) returns void language plpgsql as $$
declare
  review uuid := reviewed_in(called);
begin
  if exists (select from department_review where id = review and status = 'awaiting_state') then
    update department_review set status = 'in_review', status_since = now(), status_before = null where id = review;
    perform tell('review_resumed', 'department_review', review, 'awaiting_state');
  end if;
end $$;
-- Has the review of a contract go on.
create function resume(called text) returns void language plpgsql as $$
begin
  update department_review set status = 'in_review', status_since = now(), status_before = null where id = key(called || '/DMCO');
  perform tell('review_resumed', 'department_review', key(called || '/DMCO'), 'awaiting_state');
end $$;

-- A department's next question about a submission or a rate; its review waits.
create function ask(called text, about text, by_department department default 'DMCO', who text default 'sam.lee') returns void language plpgsql as $$
begin
  insert into question (id, contract_review_id, department, round, text, revision, asked_at, asked_by)
    select key(called), key(about), by_department, 1 + count(*), 'Where?', 1, now(), person(who)
      from question where contract_review_id = key(about) and department = by_department;
  perform tell('question_asked', 'question', key(called)), wait_for_answer(called);
end $$;
create function ask_of_rate(called text, about text, by_department department default 'DMCP', who text default 'owen.park') returns void
  language plpgsql as $$
begin
  insert into question (id, rate_review_id, department, round, text, revision, asked_at, asked_by)
    select key(called), key(about), by_department, 1 + count(*), 'Where?', 1, now(), person(who)
      from question where rate_review_id = key(about) and department = by_department;
  perform tell('question_asked', 'question', key(called)), wait_for_answer(called);
end $$;

-- What follows a response: its round is answered.
create function answered(called text, of_round text) returns void language plpgsql as $$
declare
  before text := (select status from question where id = key(of_round));
begin
  update question set status = 'answered' where id = key(of_round);
  perform tell('response_sent', 'question', key(of_round), before, null, jsonb_build_object('response', key(called)));
end $$;
create function respond_unlocked(called text, to_round text) returns void language plpgsql as $$
begin
  insert into response (id, question_id, text, sent_at, sent_by) values (key(called), key(to_round), 'There.', now(), person('maya.lindqvist'));
  perform answered(called, to_round);
end $$;
create function respond(called text, to_round text, words text default 'There.', who text default 'maya.lindqvist') returns void
  language plpgsql as $$
begin
  insert into response (id, question_id, text, sent_at, sent_by) values (key(called), key(to_round), words, now(), person(who));
  perform answered(called, to_round), go_on_after(to_round);
end $$;
create function close_round(called text, how round_closing, why text default null, who text default 'sam.lee') returns void language plpgsql as $$
declare
  before text := (select status from question where id = key(called));
begin
  update question set status = 'closed', closed_at = now(), closed_by = person(who), closed_because = how, close_reason = why
   where id = key(called);
  perform tell('round_closed', 'question', key(called), before, why);
  if before = 'open' then
    perform go_on_after(called);
  end if;
end $$;
create function remove_round(called text, who text default 'alex.morgan') returns void language plpgsql as $$
declare
  before text := (select status from question where id = key(called));
begin
  update question
     set status = 'closed', closed_at = now(), closed_by = person(who), closed_because = 'removal', removed_at = now(),
         removed_by = person(who), removal_reason = 'Personal data'
   where id = key(called);
  perform tell('round_removed', 'question', key(called), before, 'Personal data');
end $$;
create function remove_response(called text, who text default 'alex.morgan') returns void language plpgsql as $$
declare
  of_round uuid := (select question_id from response where id = key(called));
begin
  update response set removed_at = now(), removed_by = person(who), removal_reason = 'Personal data' where id = key(called);
  update question set version = version where id = of_round;
  perform tell('response_removed', 'question', of_round, (select status::text from question where id = of_round), 'Personal data',
               jsonb_build_object('response', key(called)));
end $$;

-- A file that goes with a question or a response which is yet to be written.
create function attach_to_round(content text, at_position integer, question uuid, response uuid) returns void language plpgsql as $$
declare
  digest text := encode(sha256(convert_to(content, 'UTF8')), 'hex');
begin
  insert into blob (sha256, size, media_type, scan, stored_at) values (digest, 10, 'application/pdf', 'clean', now())
    on conflict do nothing;
  insert into document (id, question_id, response_id, category, sha256, file_name, position, uploaded_at, uploaded_by, first_submitted_at)
    values (gen_random_uuid(), question, response, case when response is null then 'question' else 'response' end::document_category, digest,
            content || '.pdf', at_position, now(), person('sam.lee'), now());
end $$;
create function attach_to_question(called text, content text, at_position integer default 1) returns void language sql as $$
  select attach_to_round(content, at_position, key(called), null)
$$;
create function attach_to_response(called text, content text, at_position integer default 1) returns void language sql as $$
  select attach_to_round(content, at_position, null, key(called))
$$;

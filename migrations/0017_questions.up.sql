-- What departments ask a state about a contract or a rate, in rounds, and what the state responds.

create type round_status as enum ('open', 'answered', 'closed');
create type round_closing as enum ('done', 'unanswered', 'next_round', 'sign_off', 'approval', 'withdrawal', 'removal');

insert into status_transition (subject, action, from_status, to_status) values
  ('question', 'ask', null, 'open'),
  ('question', 'respond', 'open', 'answered'),
  ('question', 'close', 'open', 'closed'),
  ('question', 'close', 'answered', 'closed'),
  ('question', 'remove', 'open', 'closed'),
  ('question', 'remove', 'answered', 'closed');

insert into event_kind (kind, audience, needs_reason) values
  ('question_asked', 'both', false),
  ('response_sent', 'both', false),
  ('round_closed', 'both', false),
  ('round_removed', 'both', true),
  ('response_removed', 'both', true);

-- A round: the nth question of a department on a contract or a rate.
create table question (
  id uuid primary key,
  contract_review_id uuid references contract_review (id),
  rate_review_id uuid references rate_review (id),
  department department not null,
  round integer not null,
  status round_status not null default 'open',
  text text constraint question_text_fits check (not is_blank(text) and char_length(text) <= 10000),
  -- The version of the subject that was on the screen.
  revision integer not null,
  asked_at timestamptz not null,
  asked_by uuid not null references account (id),
  -- Of one that an administrator recorded: who asked it, on which day, and why it stands here so late.
  recorded_for uuid references account (id),
  recorded_day date,
  recorded_reason text constraint question_recorded_reason_not_blank check (not is_blank(recorded_reason)),
  closed_at timestamptz,
  closed_by uuid references account (id),
  closed_because round_closing,
  close_reason text constraint question_close_reason_not_blank check (not is_blank(close_reason)),
  -- Taken from view; the history keeps it, and its number is not given again.
  removed_at timestamptz,
  removed_by uuid references account (id),
  removal_reason text constraint question_removal_reason_not_blank check (not is_blank(removal_reason)),
  version integer not null default 1,
  constraint question_has_one_subject check (num_nonnulls(contract_review_id, rate_review_id) = 1),
  constraint question_recorded_whole check (num_nonnulls(recorded_for, recorded_day, recorded_reason) in (0, 3)),
  constraint question_closed_whole check (num_nonnulls(closed_at, closed_by, closed_because) = case when status = 'closed' then 3 else 0 end),
  constraint question_unanswered_has_reason check ((close_reason is not null) = (closed_because is not distinct from 'unanswered')),
  constraint question_removed_whole check (num_nonnulls(removed_at, removed_by, removal_reason) in (0, 3)),
  constraint question_removed_is_closed check (removed_at is null or status = 'closed'),
  constraint question_contract_version foreign key (contract_review_id, revision)
    references contract_submission (contract_review_id, revision),
  constraint question_rate_version foreign key (rate_review_id, revision) references rate_submission (rate_review_id, revision)
);
create unique index question_round_once on question (coalesce(contract_review_id, rate_review_id), department, round);
-- One round at a time: an answered one is closed before the next is asked.
create unique index question_one_at_a_time on question (coalesce(contract_review_id, rate_review_id), department)
  where status <> 'closed';
create index question_of_contract on question (contract_review_id) where contract_review_id is not null;
create index question_of_rate on question (rate_review_id) where rate_review_id is not null;

create trigger question_transition before insert or update on question
  for each row execute function follow_transitions();
create trigger question_version before update on question
  for each row execute function grow_version();
create trigger question_never_removed before delete or truncate on question
  for each statement execute function never_removed('question_never_removed');
create constraint trigger question_change_is_told after insert or update of status on question
  deferrable initially deferred for each row execute function status_change_is_told();

create table response (
  id uuid primary key,
  question_id uuid not null references question (id),
  text text constraint response_text_fits check (not is_blank(text) and char_length(text) <= 10000),
  sent_at timestamptz not null,
  sent_by uuid not null references account (id),
  recorded_for uuid references account (id),
  recorded_day date,
  recorded_reason text constraint response_recorded_reason_not_blank check (not is_blank(recorded_reason)),
  removed_at timestamptz,
  removed_by uuid references account (id),
  removal_reason text constraint response_removal_reason_not_blank check (not is_blank(removal_reason)),
  constraint response_recorded_whole check (num_nonnulls(recorded_for, recorded_day, recorded_reason) in (0, 3)),
  constraint response_removed_whole check (num_nonnulls(removed_at, removed_by, removal_reason) in (0, 3))
);
create index response_of_question on response (question_id, sent_at);
create trigger response_never_removed before delete or truncate on response
  for each statement execute function never_removed('response_never_removed');

-- Whether somebody works the reviews of a department; the share lock holds off a change of that until this commits.
create function works_for(person uuid, of_department department) returns boolean language plpgsql as $$
begin
  perform from account
    where id = person and active and department = of_department and role in ('cms_reviewer', 'cms_approver') for share;
  return found;
end $$;
create function writes_for(person uuid, of_state text) returns boolean language plpgsql as $$
begin
  perform from account where id = person and active and state_code = of_state and role = 'state_user' for share;
  return found;
end $$;
create function is_admin(person uuid) returns boolean language plpgsql as $$
begin
  perform from account where id = person and active and role = 'admin' for share;
  return found;
end $$;

-- A contract or rate of which questions are asked and answered: it was sent, and is neither approved nor withdrawn.
create function takes_questions(contract uuid, rate uuid) returns boolean language sql stable as $$
  select exists (select from contract_review where id = contract and status in ('submitted', 'unlocked', 'resubmitted', 'not_subject_to_review'))
      or exists (select from rate_review r join contract_review c on c.id = r.parent_id
                  where r.id = rate and r.status in ('submitted', 'unlocked', 'resubmitted')
                    and c.status in ('submitted', 'unlocked', 'resubmitted', 'not_subject_to_review'))
$$;

create function question_fits() returns trigger language plpgsql as $$
declare
  subject uuid := coalesce(new.contract_review_id, new.rate_review_id);
begin
  if not takes_questions(new.contract_review_id, new.rate_review_id) then
    perform refuse('question_on_what_goes_on', 'questions are asked about what was sent and is neither approved nor withdrawn');
  elsif new.department <> 'DMCO' and exists (select from contract_review where id = new.contract_review_id and kind = 'eqro') then
    perform refuse('question_of_eqro_by_dmco', 'only DMCO asks about an EQRO contract');
  elsif new.round <> 1 + (select count(*) from question
                           where coalesce(contract_review_id, rate_review_id) = subject and department = new.department) then
    perform refuse('question_rounds_follow', 'rounds of a department are counted from 1, without gaps');
  end if;
  if not (case when new.recorded_for is null then works_for(new.asked_by, new.department)
               else is_admin(new.asked_by) and works_for(new.recorded_for, new.department) end) then
    perform refuse('question_by_its_department', 'a department asks for itself, or an administrator records for somebody of it');
  elsif new.recorded_day > (new.asked_at at time zone 'America/New_York')::date then
    perform refuse('question_recorded_afterwards', 'what happened is recorded, not what will');
  end if;
  return new;
end $$;
create trigger question_fits before insert on question for each row execute function question_fits();

-- What was asked stays as it was asked; a round is closed once and removed once.
create function question_stays() returns trigger language plpgsql as $$
begin
  if (new.id, new.contract_review_id, new.rate_review_id, new.department, new.round, new.text, new.revision, new.asked_at, new.asked_by,
      new.recorded_for, new.recorded_day, new.recorded_reason)
     is distinct from (old.id, old.contract_review_id, old.rate_review_id, old.department, old.round, old.text, old.revision, old.asked_at,
      old.asked_by, old.recorded_for, old.recorded_day, old.recorded_reason) then
    perform refuse('question_stays_as_asked', 'what was asked is never changed');
  elsif old.status = 'closed' and (new.closed_at, new.closed_by, new.closed_because, new.close_reason)
     is distinct from (old.closed_at, old.closed_by, old.closed_because, old.close_reason) then
    perform refuse('question_closed_once', 'a round is closed once');
  elsif old.removed_at is not null then
    perform refuse('question_removed_once', 'a removed round stays removed, as it is');
  elsif new.removed_at is not null and not is_admin(new.removed_by) then
    perform refuse('question_removed_by_an_admin', 'only administrators remove rounds from view');
  elsif new.status = 'closed' and old.status <> 'closed' and not (is_admin(new.closed_by) or works_for(new.closed_by, new.department)
        or new.closed_because in ('approval', 'withdrawal')) then
    perform refuse('question_closed_by_its_department', 'a round is closed by its department, by an administrator, or with its package');
  elsif new.status = 'closed' and (old.status = 'open' and new.closed_because in ('done', 'next_round', 'sign_off')
        or old.status = 'answered' and new.closed_because = 'unanswered') then
    perform refuse('question_closing_fits', 'how a round was closed says whether it was answered');
  end if;
  return new;
end $$;
create trigger question_stays before update on question for each row execute function question_stays();

create function response_fits() returns trigger language plpgsql as $$
declare
  asked question;
  of_state text;
begin
  if tg_op = 'UPDATE' then
    if (new.id, new.question_id, new.text, new.sent_at, new.sent_by, new.recorded_for, new.recorded_day, new.recorded_reason)
       is distinct from (old.id, old.question_id, old.text, old.sent_at, old.sent_by, old.recorded_for, old.recorded_day, old.recorded_reason) then
      perform refuse('response_stays_as_sent', 'what was answered is never changed');
    elsif old.removed_at is not null then
      perform refuse('response_removed_once', 'a removed response stays removed');
    elsif not is_admin(new.removed_by) then
      perform refuse('response_removed_by_an_admin', 'only administrators remove responses from view');
    end if;
    return new;
  end if;
  select * into asked from question where id = new.question_id for update;
  if asked.status = 'closed' or not takes_questions(asked.contract_review_id, asked.rate_review_id) then
    perform refuse('response_to_what_goes_on', 'a round that goes on is answered');
  end if;
  select state_code into of_state from contract_review where id = asked.contract_review_id
   union all select state_code from rate_review where id = asked.rate_review_id;
  if new.removed_at is not null
     or not (case when new.recorded_for is null then writes_for(new.sent_by, of_state)
                  else is_admin(new.sent_by) and writes_for(new.recorded_for, of_state) end) then
    perform refuse('response_by_its_state', 'a state answers for itself, or an administrator records for somebody of it');
  elsif new.recorded_day > (new.sent_at at time zone 'America/New_York')::date
        or new.recorded_day < coalesce(asked.recorded_day, (asked.asked_at at time zone 'America/New_York')::date) then
    perform refuse('response_recorded_afterwards', 'an answer is given after its question and recorded after that');
  end if;
  return new;
end $$;
create trigger response_fits before insert or update on response for each row execute function response_fits();

-- A round is answered by a response, and a response answers its round; each is told.
create function round_is_answered() returns trigger language plpgsql as $$
declare
  asked question;
begin
  select * into asked from question where id = case tg_table_name when 'question' then new.id else (to_jsonb(new) ->> 'question_id')::uuid end;
  if (asked.status = 'open') = exists (select from response where question_id = asked.id) and asked.status <> 'closed' then
    perform refuse('question_answered_by_a_response', 'a round is answered exactly when a response was sent');
  end if;
  return null;
end $$;
create constraint trigger question_answered after update of status on question
  deferrable initially deferred for each row when (new.status = 'answered') execute function round_is_answered();
create constraint trigger response_answers after insert on response
  deferrable initially deferred for each row execute function round_is_answered();
create function response_is_told() returns trigger language plpgsql as $$
begin
  if not exists (select from event where row_id = new.question_id and details ->> 'response' = new.id::text
                   and kind = case when tg_op = 'INSERT' then 'response_sent' else 'response_removed' end) then
    perform refuse('response_is_told', 'a response, and its removal, has its entry in the history');
  end if;
  return null;
end $$;
create constraint trigger response_is_told after insert or update on response
  deferrable initially deferred for each row execute function response_is_told();
create function question_removal_is_told() returns trigger language plpgsql as $$
begin
  if not exists (select from event where row_id = new.id and kind = 'round_removed') then
    perform refuse('question_removal_is_told', 'a removal has its entry in the history');
  end if;
  return null;
end $$;
create constraint trigger question_removal_is_told after update of removed_at on question
  deferrable initially deferred for each row when (new.removed_at is not null) execute function question_removal_is_told();

create function event_fits_question(e event) returns boolean language sql stable as $$
  select exists (select from question
    where id = e.row_id and version = e.version_after and status::text = e.status_after
      and (e.subject = 'contract_review' and e.subject_id = contract_review_id
           or e.subject = 'rate_review' and e.subject_id = rate_review_id))
$$;

-- A department waits for the state while a round of its is open, and then only or while what it reviews is unlocked.
create function department_waits_for(about uuid) returns void language plpgsql as $$
declare
  review record;
begin
  for review in
    select d.status = 'awaiting_state' as waits, coalesce(r.status = 'unlocked', c.status = 'unlocked') as unlocked,
           exists (select from question q where q.department = d.department and q.status = 'open'
                     and coalesce(q.contract_review_id, q.rate_review_id) = about) as asked
      from department_review d
      left join contract_review c on c.id = d.contract_review_id
      left join rate_review r on r.id = d.rate_review_id
     where coalesce(d.contract_review_id, d.rate_review_id) = about
  loop
    if review.asked and not review.waits then
      perform refuse('department_review_waits_for_its_answer', 'a department that has asked waits for the answer');
    elsif review.waits and not review.asked and not review.unlocked then
      perform refuse('department_review_waits_for_something', 'a department waits for an answer or for the next version');
    end if;
  end loop;
end $$;
create index department_review_subject on department_review (coalesce(contract_review_id, rate_review_id), department);
create function department_waits() returns trigger language plpgsql as $$
begin
  perform department_waits_for(case when tg_table_name in ('contract_review', 'rate_review') then new.id
    else coalesce((to_jsonb(new) ->> 'contract_review_id')::uuid, (to_jsonb(new) ->> 'rate_review_id')::uuid) end);
  return null;
end $$;
create constraint trigger department_review_waits after insert or update of status on department_review
  deferrable initially deferred for each row execute function department_waits();
create constraint trigger question_is_waited_for after insert or update of status on question
  deferrable initially deferred for each row execute function department_waits();
create constraint trigger contract_review_no_longer_waited_for after update of status on contract_review
  deferrable initially deferred for each row when (old.status = 'unlocked') execute function department_waits();
create constraint trigger rate_review_no_longer_waited_for after update of status on rate_review
  deferrable initially deferred for each row when (old.status = 'unlocked') execute function department_waits();

-- What is approved or withdrawn has no round that goes on.
create function rounds_end() returns trigger language plpgsql as $$
begin
  if exists (select from question q
              where q.status <> 'closed' and not takes_questions(q.contract_review_id, q.rate_review_id)
                and (q.contract_review_id = new.id or q.rate_review_id = new.id
                     or q.rate_review_id in (select id from rate_review where parent_id = new.id))) then
    perform refuse('question_ends_with_its_package', 'the rounds of what is approved or withdrawn are closed');
  end if;
  return null;
end $$;
create constraint trigger contract_review_ends_rounds after update of status on contract_review
  deferrable initially deferred for each row when (new.status in ('approved', 'withdrawn')) execute function rounds_end();
create constraint trigger rate_review_ends_rounds after update of status, parent_id on rate_review
  deferrable initially deferred for each row when (new.status = 'withdrawn' or old.parent_id <> new.parent_id)
  execute function rounds_end();

-- Documents of questions and responses: there before what they go with is, and never changed.
alter table document drop constraint document_category_fits_owner, drop constraint document_has_one_owner;
create type document_category_with_rounds as enum ('contract', 'contract_supporting', 'rate_certification', 'rate_supporting', 'question', 'response');
alter table document alter column category type document_category_with_rounds using category::text::document_category_with_rounds;
drop type document_category;
alter type document_category_with_rounds rename to document_category;
alter table document
  add column question_id uuid constraint document_of_question references question (id) deferrable initially deferred,
  add column response_id uuid constraint document_of_response references response (id) deferrable initially deferred,
  add constraint document_has_one_owner check (num_nonnulls(contract_submission_id, rate_submission_id, question_id, response_id) = 1),
  add constraint document_category_fits_owner check (
    (contract_submission_id is null or category in ('contract', 'contract_supporting'))
    and (rate_submission_id is null or category in ('rate_certification', 'rate_supporting'))
    and (question_id is null or category = 'question') and (response_id is null or category = 'response')),
  add constraint document_question_position_once unique (question_id, position),
  add constraint document_response_position_once unique (response_id, position),
  add constraint document_question_content_once unique (question_id, sha256),
  add constraint document_response_content_once unique (response_id, sha256),
  add constraint document_of_round_is_dated check (num_nonnulls(question_id, response_id) = 0 or first_submitted_at is not null);
create or replace function document_seal() returns trigger language plpgsql as $$
declare
  owned document := case when tg_op = 'INSERT' then new else old end;
begin
  if exists (select from contract_submission
              where id = owned.contract_submission_id and (submitted_at is not null or discarded_at is not null))
     or exists (select from rate_submission where id = owned.rate_submission_id and (submitted_at is not null or discarded_at is not null)) then
    perform refuse('document_sealed', 'the documents of a sent or discarded version never change');
  elsif exists (select from question where id = owned.question_id) or exists (select from response where id = owned.response_id) then
    perform refuse('document_sealed_with_its_round', 'the documents of a question or response never change');
  end if;
  if tg_op = 'UPDATE' and (new.contract_submission_id, new.rate_submission_id, new.question_id, new.response_id)
       is distinct from (old.contract_submission_id, old.rate_submission_id, old.question_id, old.response_id) then
    perform refuse('document_owner_fixed', 'a document stays with its owner');
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create function says_something() returns trigger language plpgsql as $$
begin
  if new.text is null and not exists (select from document where new.id in (question_id, response_id)) then
    perform refuse(tg_table_name || '_says_something', 'a question or response has a text, documents, or both');
  end if;
  return null;
end $$;
create constraint trigger question_says_something after insert on question
  deferrable initially deferred for each row execute function says_something();
create constraint trigger response_says_something after insert on response
  deferrable initially deferred for each row execute function says_something();

-- On which page a round stands: that of its subject, and of a rate also that of its parent and of each submission whose
-- current package holds the rate. What was removed stands on none.
create view question_page (page_id, question_id, status) as
  select contract_review_id, id, status from question where contract_review_id is not null and removed_at is null
  union
  select rate_review_id, id, status from question where rate_review_id is not null and removed_at is null
  union
  select r.parent_id, q.id, q.status from question q join rate_review r on r.id = q.rate_review_id where q.removed_at is null
  union
  select v.contract_review_id, q.id, q.status
    from contract_review c
    join contract_submission v on v.contract_review_id = c.id and v.revision = c.sent_revision
    join package_rate p on p.contract_submission_id = v.id
    join question q on q.rate_review_id = p.rate_review_id
   where q.removed_at is null;

-- On whose page the work of a department stands: that of the contract, or of the parent of the rate.
create view department_review_page (page_id, id, department, status, primary_reviewer_id, secondary_reviewer_id) as
  select contract_review_id, id, department, status, primary_reviewer_id, secondary_reviewer_id
    from department_review where contract_review_id is not null
  union all
  select r.parent_id, d.id, d.department, d.status, d.primary_reviewer_id, d.secondary_reviewer_id
    from department_review d join rate_review r on r.id = d.rate_review_id where r.status <> 'withdrawn';

-- Whose turn a submission is. It waits for the state alone when every department that has not decided waits for an
-- answer; for both when a department asked and others can go on. To the state it is nobody's business which departments
-- have decided: it is told the turn by status and open rounds alone.
create type turn as enum ('state', 'both', 'cms', 'nobody');
create view contract_review_turn (contract_review_id, turn, turn_for_state) as
select c.id,
       case
         when for_state.turn in ('state', 'nobody') then for_state.turn
         when work.waiting > 0 and work.waiting = work.undecided then 'state'
         when work.waiting > 0 then 'both'
         else for_state.turn end,
       for_state.turn
  from contract_review c
 cross join lateral (
   select case
            when c.status in ('draft', 'unlocked') then 'state'::turn
            when c.status not in ('submitted', 'resubmitted') then 'nobody'
            when exists (select from question where contract_review_id = c.id and status = 'open')
              or exists (select from rate_review r join question q on q.rate_review_id = r.id where r.parent_id = c.id and q.status = 'open')
              then 'both'
            else 'cms' end as turn) for_state
 cross join lateral (
   select count(*) filter (where status = 'awaiting_state') as waiting,
          count(*) filter (where status not in ('signed_off', 'objection')) as undecided
     from department_review_page where page_id = c.id) work;

-- Rounds on a rate stand in the history of every package that was sent with it.
create or replace function history_holds(e event, of_page uuid, own boolean, since timestamptz, sent_here jsonb) returns boolean
  language sql immutable as $$
  select e.subject_id = of_page
      or own and e.row_table in ('department_review', 'question')
      or e.at >= since and (e.kind in ('rate_withdrawn', 'rate_brought_back', 'rate_moved') or e.row_table = 'question'
                            or e.kind = 'resubmitted' and not sent_here @> (e.details -> 'revision'))
$$;

-- What was asked and answered can't be kept without its words.
do $$ begin
  if exists (select from question) then
    raise exception 'questions were asked: the schema before this one has no place for them';
  end if;
end $$;

create or replace function history_holds(e event, of_page uuid, own boolean, since timestamptz, sent_here jsonb) returns boolean
  language sql immutable as $$
  select e.subject_id = of_page
      or own and e.row_table = 'department_review'
      or e.at >= since and (e.kind in ('rate_withdrawn', 'rate_brought_back', 'rate_moved')
                            or e.kind = 'resubmitted' and not sent_here @> (e.details -> 'revision'))
$$;
drop view contract_review_turn;
drop type turn;
drop view department_review_page;
drop view question_page;

drop trigger contract_review_ends_rounds on contract_review;
drop trigger contract_review_no_longer_waited_for on contract_review;
drop trigger rate_review_ends_rounds on rate_review;
drop trigger rate_review_no_longer_waited_for on rate_review;
drop trigger department_review_waits on department_review;
drop index department_review_subject;

create or replace function document_seal() returns trigger language plpgsql as $$
declare
  contract uuid := case when tg_op = 'INSERT' then new.contract_submission_id else old.contract_submission_id end;
  rate uuid := case when tg_op = 'INSERT' then new.rate_submission_id else old.rate_submission_id end;
begin
  if exists (select from contract_submission
              where id = contract and (submitted_at is not null or discarded_at is not null))
     or exists (select from rate_submission where id = rate and (submitted_at is not null or discarded_at is not null)) then
    perform refuse('document_sealed', 'the documents of a sent or discarded version never change');
  end if;
  if tg_op = 'UPDATE'
     and (new.contract_submission_id, new.rate_submission_id) is distinct from (old.contract_submission_id, old.rate_submission_id) then
    perform refuse('document_owner_fixed', 'a document stays with its owner');
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
alter table document
  drop constraint document_category_fits_owner,
  drop constraint document_has_one_owner,
  drop constraint document_of_round_is_dated,
  drop column question_id,
  drop column response_id;
create type document_category_without_rounds as enum ('contract', 'contract_supporting', 'rate_certification', 'rate_supporting');
alter table document alter column category type document_category_without_rounds using category::text::document_category_without_rounds;
drop type document_category;
alter type document_category_without_rounds rename to document_category;
alter table document
  add constraint document_has_one_owner check (num_nonnulls(contract_submission_id, rate_submission_id) = 1),
  add constraint document_category_fits_owner check
    ((rate_submission_id is null) = (category in ('contract', 'contract_supporting')));

drop table response, question;
drop function event_fits_question, question_fits, question_stays, response_fits, round_is_answered, response_is_told, question_removal_is_told,
  department_waits, department_waits_for, rounds_end, says_something, takes_questions, works_for, writes_for, is_admin;
drop type round_closing, round_status;
delete from event_kind where kind in ('question_asked', 'response_sent', 'round_closed', 'round_removed', 'response_removed');
delete from status_transition where subject = 'question';

-- Everything about rates goes, their documents, department reviews and history with them.
alter table event disable trigger user;
alter table event_head disable trigger user;
alter table department_review disable trigger user;
alter table document disable trigger user;
delete from event where subject = 'rate_review';
delete from event_head where subject = 'rate_review';
delete from department_review where rate_review_id is not null;
delete from document where rate_submission_id is not null;
alter table event enable trigger user;
alter table event_head enable trigger user;
alter table department_review enable trigger user;
alter table document enable trigger user;

drop trigger event_moves_rate_activity on event;

create or replace function event_chain() returns trigger language plpgsql as $$
declare
  fits boolean;
begin
  -- The entry must tell the truth about the row it names, in the history that the row belongs to.
  fits := case new.row_table
    when 'contract_review' then exists (select from contract_review
      where id = new.row_id and version = new.version_after and status::text = new.status_after
        and (new.subject, new.subject_id) = ('contract_review', id))
    when 'department_review' then exists (select from department_review
      where id = new.row_id and version = new.version_after and status::text = new.status_after
        and (new.subject, new.subject_id) = ('contract_review', contract_review_id))
    when 'account' then exists (select from account
      where id = new.row_id and version = new.version_after and (new.subject, new.subject_id) = ('account', id))
    else false end;
  if not fits then
    perform refuse('event_fits_row', 'an event names a row as it now stands');
  end if;
  if new.reason is null and (select needs_reason from event_kind where kind = new.kind) then
    perform refuse('event_needs_reason', format('%s needs a reason', new.kind));
  end if;
  -- Making or finding the head locks it: entries on one subject queue up here.
  insert into event_head (subject, subject_id, entries, sha256) values (new.subject, new.subject_id, 0, repeat('0', 64))
    on conflict (subject, subject_id) do update set entries = event_head.entries
    returning event_head.sha256 into new.previous_sha256;
  new.seq := nextval('event_seq');
  new.sha256 := event_sha256(new);
  update event_head set entries = entries + 1, sha256 = new.sha256
    where subject = new.subject and subject_id = new.subject_id;
  return new;
end $$;

create or replace function department_review_people() returns trigger language plpgsql as $$
declare
  person uuid;
begin
  if (new.contract_review_id, new.department) is distinct from (old.contract_review_id, old.department) and tg_op = 'UPDATE' then
    perform refuse('department_review_identity_fixed', 'subject and department of a review never change');
  end if;
  for person in
    select p from unnest(array[new.primary_reviewer_id, new.secondary_reviewer_id]) p
     where p is not null
       and (tg_op = 'INSERT' or p is distinct from old.primary_reviewer_id and p is distinct from old.secondary_reviewer_id)
     order by p
  loop
    perform from account
      where id = person and active and department = new.department and role in ('cms_reviewer', 'cms_approver')
      for share;
    if not found then
      perform refuse('department_review_reviewer_fits', 'a reviewer is active and belongs to the department of the review');
    end if;
  end loop;
  return new;
end $$;

alter table department_review
  drop constraint department_review_decided_rate_revision,
  drop constraint department_review_rate_unique,
  drop constraint department_review_department_fits_subject,
  drop constraint department_review_has_one_subject,
  drop column rate_review_id,
  alter column contract_review_id set not null,
  add constraint department_review_contract_is_for_dmco check (department = 'DMCO');

create or replace function document_seal() returns trigger language plpgsql as $$
declare
  owner uuid := case when tg_op = 'INSERT' then new.contract_submission_id else old.contract_submission_id end;
begin
  if exists (select from contract_submission
              where id = owner and (submitted_at is not null or discarded_at is not null)) then
    perform refuse('document_sealed', 'the documents of a sent or discarded version never change');
  end if;
  if tg_op = 'UPDATE' and new.contract_submission_id <> old.contract_submission_id then
    perform refuse('document_owner_fixed', 'a document stays with its owner');
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;

alter table document
  drop constraint document_rate_position_once_per_list,
  drop constraint document_rate_content_once_per_list,
  drop constraint document_category_fits_owner,
  drop constraint document_has_one_owner,
  drop column rate_submission_id,
  alter column contract_submission_id set not null;
create type document_category_without_rates as enum ('contract', 'contract_supporting');
alter table document alter column category type document_category_without_rates using category::text::document_category_without_rates;
drop type document_category;
alter type document_category_without_rates rename to document_category;

drop trigger contract_submission_package_is_whole on contract_submission;
alter table rate_review drop constraint rate_review_sent_revision;
drop table rate_review_tally, package_rate, rate_submission, rate_review_program, rate_review;
drop function event_moves_rate_activity, rate_review_tally, rate_review_deleted_is_nowhere, package_is_whole, package_rate_fits,
  rate_review_has_its_draft, rate_key, rate_submission_seal, rate_review_identity;
alter table contract_submission drop constraint contract_submission_review_of;
alter table contract_review drop constraint contract_review_state_of;
delete from status_transition where subject = 'rate_review';
drop type rate_review_status;

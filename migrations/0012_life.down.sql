-- A history that tells of these deeds can't be kept without them.
do $$ begin
  if exists (select from event where kind in
      ('resubmitted', 'unlocked', 'unlock_undone', 'approval_undone', 'withdrawn', 'withdrawal_undone', 'rate_withdrawn',
       'rate_brought_back', 'rate_moved', 'mccrs_number_set', 'review_waiting', 'review_resumed')) then
    raise exception 'something was unlocked, withdrawn or brought back: the schema before this one has no words for it';
  end if;
end $$;

create or replace function event_chain() returns trigger language plpgsql as $$
declare
  fits boolean;
begin
  -- The entry must tell the truth about the row it names, in the history that the row belongs to.
  fits := case new.row_table
    when 'contract_review' then exists (select from contract_review
      where id = new.row_id and version = new.version_after and status::text = new.status_after
        and (new.subject, new.subject_id) = ('contract_review', id))
    when 'rate_review' then exists (select from rate_review
      where id = new.row_id and version = new.version_after and status::text = new.status_after
        and (new.subject, new.subject_id) = ('rate_review', id))
    when 'department_review' then exists (select from department_review
      where id = new.row_id and version = new.version_after and status::text = new.status_after
        and (new.subject = 'contract_review' and new.subject_id = contract_review_id
             or new.subject = 'rate_review' and new.subject_id = rate_review_id))
    when 'account' then exists (select from account
      where id = new.row_id and version = new.version_after and (new.subject, new.subject_id) = ('account', id))
    when 'program' then exists (select from program
      where id = new.row_id and version = new.version_after and (new.subject, new.subject_id) = ('program', id))
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

drop function event_fits_contract_review, event_fits_rate_review, event_fits_department_review, event_fits_account, event_fits_program;
drop trigger department_review_waits_while_unlocked on department_review;
drop trigger rate_review_unlocked_is_waited_for on rate_review;
drop trigger contract_review_unlocked_is_waited_for on contract_review;
drop trigger rate_review_withdrawn_leaves_drafts on rate_review;
drop trigger rate_review_moves_to_a_holder on rate_review;
drop trigger contract_review_takes_rates_along on contract_review;
drop trigger rate_review_goes_with_parent on rate_review;
drop function departments_wait, department_waits_while_unlocked, unlocked_contract_is_waited_for, unlocked_rate_is_waited_for,
  rate_review_withdrawn_leaves_drafts, rate_review_moves_to_a_holder, rate_goes_with_parent, contract_takes_rates_along, rate_goes_with;
alter table department_review drop constraint department_review_waits_from_elsewhere, drop constraint department_review_waits_from;
alter table contract_submission drop constraint contract_submission_later_ones_unlocked;
delete from event_kind where kind in ('resubmitted', 'unlocked', 'unlock_undone', 'approval_undone', 'withdrawn', 'withdrawal_undone',
  'rate_withdrawn', 'rate_brought_back', 'rate_moved', 'mccrs_number_set', 'review_waiting', 'review_resumed');
delete from status_transition where action in
  ('unlock', 'resubmit', 'undo_unlock', 'undo_approval', 'withdraw', 'undo_withdraw', 'wait', 'resume', 'return');

create or replace function contract_review_tally() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into contract_review_tally as tally (state_code, status, part, reviews)
      select state_code, status, pg_backend_pid() % 8, count(*) from now_rows where deleted_at is null
       group by state_code, status order by state_code, status
      on conflict (status, state_code, part) do update set reviews = tally.reviews + excluded.reviews;
  else
    insert into contract_review_tally as tally (state_code, status, part, reviews)
      select state_code, status, pg_backend_pid() % 8, sum(change)
        from (select state_code, status, 1 as change from now_rows where deleted_at is null
              union all
              select state_code, status, -1 from then_rows where deleted_at is null) changed
       group by state_code, status having sum(change) <> 0 order by state_code, status
      on conflict (status, state_code, part) do update set reviews = tally.reviews + excluded.reviews;
  end if;
  return null;
end $$;
create or replace function rate_review_tally() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into rate_review_tally as tally (state_code, status, part, reviews)
      select state_code, status, pg_backend_pid() % 8, count(*) from now_rows where deleted_at is null
       group by state_code, status order by state_code, status
      on conflict (status, state_code, part) do update set reviews = tally.reviews + excluded.reviews;
  else
    insert into rate_review_tally as tally (state_code, status, part, reviews)
      select state_code, status, pg_backend_pid() % 8, sum(change)
        from (select state_code, status, 1 as change from now_rows where deleted_at is null
              union all
              select state_code, status, -1 from then_rows where deleted_at is null) changed
       group by state_code, status having sum(change) <> 0 order by state_code, status
      on conflict (status, state_code, part) do update set reviews = tally.reviews + excluded.reviews;
  end if;
  return null;
end $$;
drop function tally_part();

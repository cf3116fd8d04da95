-- The whole life: given back to the state and sent again, withdrawn, and each of these undone.

insert into status_transition (subject, action, from_status, to_status) values
  ('contract_review', 'unlock', 'submitted', 'unlocked'),
  ('contract_review', 'unlock', 'resubmitted', 'unlocked'),
  ('contract_review', 'unlock', 'not_subject_to_review', 'unlocked'),
  ('contract_review', 'resubmit', 'unlocked', 'resubmitted'),
  ('contract_review', 'resubmit', 'unlocked', 'not_subject_to_review'),
  ('contract_review', 'undo_unlock', 'unlocked', 'submitted'),
  ('contract_review', 'undo_unlock', 'unlocked', 'resubmitted'),
  ('contract_review', 'undo_unlock', 'unlocked', 'not_subject_to_review'),
  ('contract_review', 'undo_approval', 'approved', 'submitted'),
  ('contract_review', 'undo_approval', 'approved', 'resubmitted'),
  ('contract_review', 'withdraw', 'submitted', 'withdrawn'),
  ('contract_review', 'withdraw', 'resubmitted', 'withdrawn'),
  ('contract_review', 'withdraw', 'not_subject_to_review', 'withdrawn'),
  ('contract_review', 'undo_withdraw', 'withdrawn', 'submitted'),
  ('contract_review', 'undo_withdraw', 'withdrawn', 'resubmitted'),
  ('contract_review', 'undo_withdraw', 'withdrawn', 'not_subject_to_review'),
  ('rate_review', 'unlock', 'submitted', 'unlocked'),
  ('rate_review', 'unlock', 'resubmitted', 'unlocked'),
  ('rate_review', 'resubmit', 'unlocked', 'resubmitted'),
  ('rate_review', 'undo_unlock', 'unlocked', 'submitted'),
  ('rate_review', 'undo_unlock', 'unlocked', 'resubmitted'),
  ('rate_review', 'withdraw', 'submitted', 'withdrawn'),
  ('rate_review', 'withdraw', 'resubmitted', 'withdrawn'),
  ('rate_review', 'undo_withdraw', 'withdrawn', 'submitted'),
  ('rate_review', 'undo_withdraw', 'withdrawn', 'resubmitted'),
  ('department_review', 'wait', 'not_started', 'awaiting_state'),
  ('department_review', 'wait', 'in_review', 'awaiting_state'),
  ('department_review', 'wait', 'signed_off', 'awaiting_state'),
  ('department_review', 'wait', 'objection', 'awaiting_state'),
  ('department_review', 'resume', 'awaiting_state', 'in_review'),
  ('department_review', 'resume', 'awaiting_state', 'not_started'),
  ('department_review', 'return', 'awaiting_state', 'not_started'),
  ('department_review', 'return', 'awaiting_state', 'in_review'),
  ('department_review', 'return', 'awaiting_state', 'signed_off'),
  ('department_review', 'return', 'awaiting_state', 'objection');

insert into event_kind (kind, audience, needs_reason) values
  ('resubmitted', 'both', true),
  ('unlocked', 'both', true),
  ('unlock_undone', 'both', true),
  ('approval_undone', 'both', true),
  ('withdrawn', 'both', true),
  ('withdrawal_undone', 'both', true),
  ('rate_withdrawn', 'both', true),
  ('rate_brought_back', 'both', true),
  ('rate_moved', 'both', false),
  ('mccrs_number_set', 'cms', false),
  ('review_waiting', 'cms', false),
  ('review_resumed', 'cms', false);

-- The first version is nobody's to unlock; every later one came of an unlock.
alter table contract_submission
  add constraint contract_submission_later_ones_unlocked check ((revision = 1) = (unlocked_at is null));
-- What a department waits for ends in the status that is kept here.
alter table department_review
  add constraint department_review_waits_from check ((status = 'awaiting_state') = (status_before is not null)),
  add constraint department_review_waits_from_elsewhere check (status_before <> 'awaiting_state');

-- A rate goes with its parent: it is written while its parent is, and withdrawn when its parent is.
create function rate_goes_with(rate rate_review, parent_status contract_review_status) returns void language plpgsql as $$
begin
  if rate.deleted_at is not null then
    return;
  elsif parent_status = 'withdrawn' and rate.status <> 'withdrawn' then
    perform refuse('rate_review_withdrawn_with_its_parent', 'the rates of a withdrawn submission are withdrawn');
  elsif rate.status = 'unlocked' and parent_status <> 'unlocked' then
    perform refuse('rate_review_unlocked_with_its_parent', 'a rate is unlocked only while its submission is');
  elsif rate.status = 'draft' and parent_status not in ('draft', 'unlocked') then
    perform refuse('rate_review_drafted_with_its_parent', 'a rate is drafted only while its submission is');
  end if;
end $$;
create function rate_goes_with_parent() returns trigger language plpgsql as $$
begin
  perform rate_goes_with(r, c.status) from rate_review r join contract_review c on c.id = r.parent_id where r.id = new.id;
  return null;
end $$;
create function contract_takes_rates_along() returns trigger language plpgsql as $$
begin
  perform rate_goes_with(r, c.status) from rate_review r join contract_review c on c.id = r.parent_id where c.id = new.id;
  return null;
end $$;
create constraint trigger rate_review_goes_with_parent after insert or update of status, parent_id, deleted_at on rate_review
  deferrable initially deferred for each row execute function rate_goes_with_parent();
create constraint trigger contract_review_takes_rates_along after update of status on contract_review
  deferrable initially deferred for each row when (old.status is distinct from new.status)
  execute function contract_takes_rates_along();

-- A rate moves only to a submission that was sent with it.
create function rate_review_moves_to_a_holder() returns trigger language plpgsql as $$
begin
  if not exists (select from contract_review c
                   join contract_submission s on s.contract_review_id = c.id and s.revision = c.sent_revision
                   join package_rate p on p.contract_submission_id = s.id
                  where c.id = new.parent_id and p.rate_review_id = new.id) then
    perform refuse('rate_review_moves_to_a_holder', 'a rate moves to a submission whose current package holds it');
  end if;
  return new;
end $$;
create trigger rate_review_moves_to_a_holder before update of parent_id on rate_review
  for each row when (old.parent_id <> new.parent_id) execute function rate_review_moves_to_a_holder();

-- A withdrawn rate is in no open draft.
create function rate_review_withdrawn_leaves_drafts() returns trigger language plpgsql as $$
begin
  if exists (select from package_rate p join contract_submission s on s.id = p.contract_submission_id
              where p.rate_review_id = new.id and s.submitted_at is null and s.discarded_at is null) then
    perform refuse('rate_review_withdrawn_leaves_drafts', 'a withdrawn rate is in no open draft');
  end if;
  return null;
end $$;
create constraint trigger rate_review_withdrawn_leaves_drafts after update of status on rate_review
  deferrable initially deferred for each row when (old.status <> 'withdrawn' and new.status = 'withdrawn')
  execute function rate_review_withdrawn_leaves_drafts();

-- While the state writes, the departments wait.
create function departments_wait(contract uuid, rate uuid) returns void language plpgsql as $$
begin
  if exists (select from department_review d join contract_review c on c.id = d.contract_review_id
              where d.contract_review_id = contract and d.status <> 'awaiting_state' and c.status = 'unlocked')
     or exists (select from department_review d join rate_review r on r.id = d.rate_review_id
                 where d.rate_review_id = rate and d.status <> 'awaiting_state' and r.status = 'unlocked') then
    perform refuse('department_review_waits_while_unlocked', 'what is unlocked is not reviewed');
  end if;
end $$;
create function department_waits_while_unlocked() returns trigger language plpgsql as $$
begin
  perform departments_wait(new.contract_review_id, new.rate_review_id);
  return null;
end $$;
create function unlocked_contract_is_waited_for() returns trigger language plpgsql as $$
begin
  perform departments_wait(new.id, null);
  return null;
end $$;
create function unlocked_rate_is_waited_for() returns trigger language plpgsql as $$
begin
  perform departments_wait(null, new.id);
  return null;
end $$;
create constraint trigger department_review_waits_while_unlocked after insert or update of status on department_review
  deferrable initially deferred for each row execute function department_waits_while_unlocked();
create constraint trigger contract_review_unlocked_is_waited_for after update of status on contract_review
  deferrable initially deferred for each row when (new.status = 'unlocked') execute function unlocked_contract_is_waited_for();
create constraint trigger rate_review_unlocked_is_waited_for after update of status on rate_review
  deferrable initially deferred for each row when (new.status = 'unlocked') execute function unlocked_rate_is_waited_for();

-- The entry must tell the truth about the row it names, in the history that the row belongs to. Each table that has
-- entries says for itself, in a function named after it, when one fits.
create function event_fits_contract_review(e event) returns boolean language sql stable as $$
  select exists (select from contract_review
    where id = e.row_id and version = e.version_after and status::text = e.status_after
      and (e.subject, e.subject_id) = ('contract_review', id))
$$;
create function event_fits_rate_review(e event) returns boolean language sql stable as $$
  select exists (select from rate_review
    where id = e.row_id and version = e.version_after and status::text = e.status_after
      and (e.subject, e.subject_id) = ('rate_review', id))
$$;
create function event_fits_department_review(e event) returns boolean language sql stable as $$
  select exists (select from department_review
    where id = e.row_id and version = e.version_after and status::text = e.status_after
      and (e.subject = 'contract_review' and e.subject_id = contract_review_id
           or e.subject = 'rate_review' and e.subject_id = rate_review_id))
$$;
create function event_fits_account(e event) returns boolean language sql stable as $$
  select exists (select from account
    where id = e.row_id and version = e.version_after and (e.subject, e.subject_id) = ('account', id))
$$;
create function event_fits_program(e event) returns boolean language sql stable as $$
  select exists (select from program
    where id = e.row_id and version = e.version_after and (e.subject, e.subject_id) = ('program', id))
$$;

create or replace function event_chain() returns trigger language plpgsql as $$
declare
  fits boolean := false;
begin
  if to_regprocedure(format('event_fits_%s(event)', new.row_table)) is not null then
    execute format('select event_fits_%s($1)', new.row_table) into fits using new;
  end if;
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

-- A deed of this life changes the statuses of several rows, one after the other. Two such transactions that count in the
-- same part could wait for each other in a circle; so each has its part to itself until it ends: the first that is free, so
-- that they are few.
create function tally_part() returns integer language plpgsql as $$
begin
  for part in 0..63 loop
    if pg_try_advisory_xact_lock('rate_review_tally'::regclass::oid::integer, part) then
      return part;
    end if;
  end loop;
  perform pg_advisory_xact_lock('rate_review_tally'::regclass::oid::integer, 0);
  return 0;
end $$;
create or replace function contract_review_tally() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into contract_review_tally as tally (state_code, status, part, reviews)
      select state_code, status, tally_part(), count(*) from now_rows where deleted_at is null
       group by state_code, status order by state_code, status
      on conflict (status, state_code, part) do update set reviews = tally.reviews + excluded.reviews;
  else
    insert into contract_review_tally as tally (state_code, status, part, reviews)
      select state_code, status, tally_part(), sum(change)
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
      select state_code, status, tally_part(), count(*) from now_rows where deleted_at is null
       group by state_code, status order by state_code, status
      on conflict (status, state_code, part) do update set reviews = tally.reviews + excluded.reviews;
  else
    insert into rate_review_tally as tally (state_code, status, part, reviews)
      select state_code, status, tally_part(), sum(change)
        from (select state_code, status, 1 as change from now_rows where deleted_at is null
              union all
              select state_code, status, -1 from then_rows where deleted_at is null) changed
       group by state_code, status having sum(change) <> 0 order by state_code, status
      on conflict (status, state_code, part) do update set reviews = tally.reviews + excluded.reviews;
  end if;
  return null;
end $$;

-- Rate reviews, their versions, and the packages in which they are sent: in their parent's, and in others that link them.

create type rate_review_status as enum ('draft', 'submitted', 'unlocked', 'resubmitted', 'withdrawn');

insert into status_transition (subject, action, from_status, to_status) values
  ('rate_review', 'create', null, 'draft'),
  ('rate_review', 'submit', 'draft', 'submitted');

-- What the foreign keys below hold on to, so that a rate and everything it is sent with belong to one state.
alter table contract_review add constraint contract_review_state_of unique (id, state_code);
alter table contract_submission add constraint contract_submission_review_of unique (id, contract_review_id);

-- The key of a rate, as `domain::key` spells it: MN-R0005.
create function rate_key(state_code text, number integer) returns text language sql immutable parallel safe as $$
  select state_code || '-R' || lpad(number::text, greatest(4, length(number::text)), '0')
$$;

create table rate_review (
  id uuid primary key,
  state_code text not null references state (code),
  number integer not null constraint rate_review_number_positive check (number > 0),
  name text not null constraint rate_review_name_not_blank check (not is_blank(name)),
  status rate_review_status not null default 'draft',
  -- The contract review whose open draft edits it.
  parent_id uuid not null,
  withdrawn_with_parent boolean not null default false,
  version integer not null default 1,
  rating_from date,
  rating_to date,
  certified_on date,
  amendment_from date,
  -- The latest version that was sent.
  sent_revision integer,
  first_submitted_at timestamptz,
  last_submitted_at timestamptz,
  last_activity_cms_at timestamptz,
  last_activity_state_at timestamptz not null,
  deleted_at timestamptz,
  constraint rate_review_number_unique unique (state_code, number),
  constraint rate_review_state_of unique (id, state_code),
  constraint rate_review_parent_of_same_state foreign key (parent_id, state_code) references contract_review (id, state_code),
  constraint rate_review_sent_unless_draft check (
    case when status = 'draft'
      then num_nonnulls(sent_revision, first_submitted_at, last_submitted_at, last_activity_cms_at) = 0
      else num_nonnulls(sent_revision, first_submitted_at, last_submitted_at, last_activity_cms_at) = 4 end),
  constraint rate_review_withdrawn_with_parent check (status = 'withdrawn' or not withdrawn_with_parent),
  constraint rate_review_deleted_only_as_draft check (deleted_at is null or status = 'draft')
);
create index rate_review_parent on rate_review (parent_id);

create function rate_review_identity() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.number > (select last_rate_number from state where code = new.state_code) then
      perform refuse('rate_review_number_taken', 'the number was not taken from the state''s counter');
    end if;
  elsif (new.id, new.state_code, new.number) is distinct from (old.id, old.state_code, old.number) then
    perform refuse('rate_review_identity_fixed', 'state and number of a rate review never change');
  elsif old.deleted_at is not null then
    perform refuse('rate_review_deleted_stays_deleted', 'a deleted rate stays deleted');
  end if;
  return new;
end $$;
create trigger rate_review_identity before insert or update on rate_review
  for each row execute function rate_review_identity();
create trigger rate_review_transition before insert or update on rate_review
  for each row execute function follow_transitions();
-- Name, dates and what lists sort by follow the forms and the history.
create trigger rate_review_version
  before update of id, state_code, number, status, parent_id, withdrawn_with_parent, version, first_submitted_at, deleted_at
  on rate_review for each row execute function grow_version();
create trigger rate_review_never_removed before delete or truncate on rate_review
  for each statement execute function never_removed('rate_review_never_removed');

-- The programs that stand in the name.
create table rate_review_program (
  rate_review_id uuid not null references rate_review (id),
  program_id uuid not null references program (id),
  primary key (rate_review_id, program_id)
);
create index rate_review_program_program on rate_review_program (program_id);

-- One version of a rate's form. An open draft is part of a contract submission and changes under that one's version.
create table rate_submission (
  id uuid primary key,
  rate_review_id uuid not null references rate_review (id),
  revision integer not null constraint rate_submission_revision_positive check (revision > 0),
  -- Drafted in, and sent with.
  contract_submission_id uuid not null references contract_submission (id),
  rate_data jsonb not null constraint rate_submission_data_is_object check (jsonb_typeof(rate_data) = 'object'),
  form_version integer not null constraint rate_submission_form_version_positive check (form_version > 0),
  created_at timestamptz not null,
  created_by uuid not null references account (id),
  unlocked_at timestamptz,
  unlocked_by uuid references account (id),
  unlock_reason text constraint rate_submission_unlock_reason_not_blank check (not is_blank(unlock_reason)),
  submitted_at timestamptz,
  submitted_by uuid references account (id),
  submit_reason text constraint rate_submission_submit_reason_not_blank check (not is_blank(submit_reason)),
  discarded_at timestamptz,
  discarded_by uuid references account (id),
  discard_reason text constraint rate_submission_discard_reason_not_blank check (not is_blank(discard_reason)),
  constraint rate_submission_revision_unique unique (rate_review_id, revision),
  constraint rate_submission_review_of unique (id, rate_review_id),
  constraint rate_submission_unlock_whole check (num_nonnulls(unlocked_at, unlocked_by, unlock_reason) in (0, 3)),
  constraint rate_submission_submit_whole check (num_nonnulls(submitted_at, submitted_by, submit_reason) in (0, 3)),
  constraint rate_submission_discard_whole check (num_nonnulls(discarded_at, discarded_by, discard_reason) in (0, 3)),
  constraint rate_submission_sent_or_discarded check (submitted_at is null or discarded_at is null)
);
create unique index rate_submission_one_open_draft on rate_submission (rate_review_id)
  where submitted_at is null and discarded_at is null;
create index rate_submission_contract_submission on rate_submission (contract_submission_id);
alter table rate_review add constraint rate_review_sent_revision
  foreign key (id, sent_revision) references rate_submission (rate_review_id, revision);

-- A version that was sent or discarded never changes again; none is born sent.
create function rate_submission_seal() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.submitted_at is not null or new.discarded_at is not null then
      perform refuse('rate_submission_begins_open', 'a version begins as an open draft');
    end if;
    return new;
  end if;
  if old.submitted_at is not null or old.discarded_at is not null then
    perform refuse('rate_submission_sealed', 'a sent or discarded version never changes');
  end if;
  if tg_op = 'UPDATE'
     and (new.id, new.rate_review_id, new.revision) is distinct from (old.id, old.rate_review_id, old.revision) then
    perform refuse('rate_submission_identity_fixed', 'a version stays with its rate, under its number');
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger rate_submission_seal before insert or update or delete on rate_submission
  for each row execute function rate_submission_seal();
create trigger rate_submission_never_truncated before truncate on rate_submission
  for each statement execute function never_removed('rate_submission_sealed');

-- A rate has an open draft exactly while its status says that the state is writing.
create function rate_review_has_its_draft() returns trigger language plpgsql as $$
declare
  rate uuid;
  writing boolean;
begin
  if tg_table_name = 'rate_review' then
    rate := new.id;
  elsif tg_op = 'DELETE' then
    rate := old.rate_review_id;
  else
    rate := new.rate_review_id;
  end if;
  select status in ('draft', 'unlocked') and deleted_at is null into writing from rate_review where id = rate;
  if writing <> exists (select from rate_submission
                         where rate_review_id = rate and submitted_at is null and discarded_at is null) then
    perform refuse('rate_review_has_its_draft', 'an open draft exists exactly while the status is draft or unlocked');
  end if;
  return null;
end $$;
create constraint trigger rate_review_has_its_draft after insert or update of status, deleted_at on rate_review
  deferrable initially deferred for each row execute function rate_review_has_its_draft();
create constraint trigger rate_submission_fits_status after insert or delete or update of submitted_at, discarded_at on rate_submission
  deferrable initially deferred for each row execute function rate_review_has_its_draft();

-- The rates of a version in their order. Review and state stand here so that foreign keys hold them equal on both sides.
create table package_rate (
  contract_submission_id uuid not null,
  contract_review_id uuid not null,
  state_code text not null,
  rate_review_id uuid not null,
  -- The version of the rate that was sent; null while the package is a draft.
  rate_submission_id uuid,
  position integer not null constraint package_rate_position_positive check (position > 0),
  primary key (contract_submission_id, rate_review_id),
  constraint package_rate_position_once unique (contract_submission_id, position) deferrable initially deferred,
  constraint package_rate_submission foreign key (contract_submission_id, contract_review_id)
    references contract_submission (id, contract_review_id),
  constraint package_rate_state_of_contract foreign key (contract_review_id, state_code) references contract_review (id, state_code),
  constraint package_rate_state_of_rate foreign key (rate_review_id, state_code) references rate_review (id, state_code),
  constraint package_rate_version_of_rate foreign key (rate_submission_id, rate_review_id)
    references rate_submission (id, rate_review_id)
);
create index package_rate_rate on package_rate (rate_review_id);

create function package_rate_fits() returns trigger language plpgsql as $$
declare
  package record;
  rate record;
begin
  for package in
    select submitted_at is not null or discarded_at is not null as sealed from contract_submission
     where id in (case when tg_op <> 'INSERT' then old.contract_submission_id end,
                  case when tg_op <> 'DELETE' then new.contract_submission_id end)
  loop
    if package.sealed then
      perform refuse('package_rate_sealed', 'the rates of a sent or discarded version never change');
    end if;
  end loop;
  if tg_op = 'DELETE' then
    return old;
  end if;
  if (select kind = 'eqro' from contract_review where id = new.contract_review_id)
     or (select contract_data ->> 'population_covered' = 'CHIP' from contract_submission where id = new.contract_submission_id) then
    perform refuse('package_rate_not_with_eqro_or_chip_only', 'EQRO and CHIP-only submissions have no rates');
  end if;
  select * into rate from rate_review where id = new.rate_review_id;
  if rate.deleted_at is not null then
    perform refuse('package_rate_not_deleted', 'a deleted rate is in no package');
  elsif rate.parent_id <> new.contract_review_id and rate.sent_revision is null then
    perform refuse('package_rate_linked_was_sent', 'a rate is linked only after it was sent');
  elsif tg_op = 'INSERT' and rate.status = 'withdrawn' then
    perform refuse('package_rate_not_withdrawn', 'a withdrawn rate joins no package');
  end if;
  return new;
end $$;
create trigger package_rate_fits before insert or update or delete on package_rate
  for each row execute function package_rate_fits();
create trigger package_rate_never_truncated before truncate on package_rate
  for each statement execute function never_removed('package_rate_sealed');

-- What must hold of a package as a whole once a transaction is done.
create function package_is_whole() returns trigger language plpgsql as $$
declare
  package record;
begin
  select s.id, s.submitted_at, s.contract_data ->> 'population_covered' = 'CHIP' as chip_only into package
    from contract_submission s where s.id = new.id;
  if not found then
    return null;
  end if;
  if package.chip_only and exists (select from package_rate where contract_submission_id = package.id) then
    perform refuse('package_rate_not_with_eqro_or_chip_only', 'EQRO and CHIP-only submissions have no rates');
  end if;
  if package.submitted_at is not null and exists (
       select from package_rate p left join rate_submission r on r.id = p.rate_submission_id
        where p.contract_submission_id = package.id and r.submitted_at is null) then
    perform refuse('package_sent_with_sent_rates', 'a version is sent with rates that were sent, each in its version');
  end if;
  return null;
end $$;
create constraint trigger contract_submission_package_is_whole after insert or update of contract_data, submitted_at on contract_submission
  deferrable initially deferred for each row execute function package_is_whole();

-- A rate that was removed from a draft is in no package.
create function rate_review_deleted_is_nowhere() returns trigger language plpgsql as $$
begin
  if exists (select from package_rate where rate_review_id = new.id) then
    perform refuse('package_rate_not_deleted', 'a deleted rate is in no package');
  end if;
  return null;
end $$;
create constraint trigger rate_review_deleted_is_nowhere after update of deleted_at on rate_review
  deferrable initially deferred for each row when (new.deleted_at is not null)
  execute function rate_review_deleted_is_nowhere();

-- Documents of rates.
create type document_category_with_rates as enum ('contract', 'contract_supporting', 'rate_certification', 'rate_supporting');
alter table document alter column category type document_category_with_rates using category::text::document_category_with_rates;
drop type document_category;
alter type document_category_with_rates rename to document_category;

alter table document
  alter column contract_submission_id drop not null,
  add column rate_submission_id uuid references rate_submission (id),
  add constraint document_has_one_owner check (num_nonnulls(contract_submission_id, rate_submission_id) = 1),
  add constraint document_category_fits_owner check
    ((rate_submission_id is null) = (category in ('contract', 'contract_supporting'))),
  add constraint document_rate_content_once_per_list unique (rate_submission_id, category, sha256),
  add constraint document_rate_position_once_per_list unique (rate_submission_id, category, position) deferrable initially deferred;

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

-- DMCO reviews the contract; DMCP and OACT review each rate.
alter table department_review
  alter column contract_review_id drop not null,
  add column rate_review_id uuid references rate_review (id),
  drop constraint department_review_contract_is_for_dmco,
  add constraint department_review_has_one_subject check (num_nonnulls(contract_review_id, rate_review_id) = 1),
  add constraint department_review_department_fits_subject check ((department = 'DMCO') = (contract_review_id is not null)),
  add constraint department_review_rate_unique unique (rate_review_id, department),
  add constraint department_review_decided_rate_revision
    foreign key (rate_review_id, decided_revision) references rate_submission (rate_review_id, revision);

create or replace function department_review_people() returns trigger language plpgsql as $$
declare
  person uuid;
begin
  if tg_op = 'UPDATE' and (new.contract_review_id, new.rate_review_id, new.department)
       is distinct from (old.contract_review_id, old.rate_review_id, old.department) then
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

-- The history of a rate tells of the rate and of its department reviews.
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

-- What happens to a rate is activity of the rate and of its parent.
create function event_moves_rate_activity() returns trigger language plpgsql as $$
begin
  update rate_review
     set last_activity_cms_at = case when status <> 'draft' and new.audience in ('both', 'cms')
           then greatest(last_activity_cms_at, new.at) else last_activity_cms_at end,
         last_activity_state_at = case when new.audience in ('both', 'state')
           then greatest(last_activity_state_at, new.at) else last_activity_state_at end
   where id = new.subject_id and deleted_at is null;
  update contract_review
     set last_activity_cms_at = case when status <> 'draft' and new.audience in ('both', 'cms')
           then greatest(last_activity_cms_at, new.at) else last_activity_cms_at end,
         last_activity_state_at = case when new.audience in ('both', 'state')
           then greatest(last_activity_state_at, new.at) else last_activity_state_at end
   where id = (select parent_id from rate_review where id = new.subject_id) and deleted_at is null;
  return null;
end $$;
create trigger event_moves_rate_activity after insert on event for each row
  when (new.subject = 'rate_review') execute function event_moves_rate_activity();

create constraint trigger rate_review_change_is_told after insert or update of status on rate_review
  deferrable initially deferred for each row execute function status_change_is_told();

-- The list of rates, as that of submissions: an index per order, and counts that are kept.
create index rate_review_by_key on rate_review (status, state_code, number) where deleted_at is null;
create index rate_review_by_first_sent on rate_review (status, first_submitted_at, state_code, number) where deleted_at is null;
create index rate_review_by_cms_activity on rate_review (status, last_activity_cms_at, state_code, number) where deleted_at is null;
create index rate_review_by_rating_from on rate_review (status, rating_from, state_code, number) where deleted_at is null;
create index rate_review_by_rating_to on rate_review (status, rating_to, state_code, number) where deleted_at is null;
create index rate_review_of_state_by_key on rate_review (state_code, status, number) where deleted_at is null;
create index rate_review_of_state_by_first_sent on rate_review (state_code, status, first_submitted_at, number) where deleted_at is null;
create index rate_review_of_state_by_cms_activity on rate_review (state_code, status, last_activity_cms_at, number) where deleted_at is null;
create index rate_review_of_state_by_state_activity on rate_review (state_code, status, last_activity_state_at, number) where deleted_at is null;
create index rate_review_of_state_by_rating_from on rate_review (state_code, status, rating_from, number) where deleted_at is null;
create index rate_review_of_state_by_rating_to on rate_review (state_code, status, rating_to, number) where deleted_at is null;

create table rate_review_tally (
  state_code text not null references state (code),
  status rate_review_status not null,
  part integer not null,
  reviews bigint not null,
  primary key (status, state_code, part)
);

create function rate_review_tally() returns trigger language plpgsql as $$
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
create trigger rate_review_tally_insert after insert on rate_review
  referencing new table as now_rows for each statement execute function rate_review_tally();
create trigger rate_review_tally_update after update on rate_review
  referencing old table as then_rows new table as now_rows for each statement execute function rate_review_tally();

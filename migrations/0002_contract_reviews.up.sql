-- The case (contract review), its versions (contract submissions) and what was saved into an open draft.

create type submission_kind as enum ('health_plan', 'eqro');
-- In the order of a submission's life, which is also the order that lists sort by.
create type contract_review_status as enum
  ('draft', 'submitted', 'unlocked', 'resubmitted', 'approved', 'withdrawn', 'not_subject_to_review');

-- Every step that a status may take. A null `from_status` is how a row begins. The application's own table
-- (src/domain/lifecycle.rs) is held equal to this one by a test.
create table status_transition (
  subject text not null,
  action text not null,
  from_status text,
  to_status text not null,
  constraint status_transition_once unique nulls not distinct (subject, action, from_status, to_status)
);
insert into status_transition (subject, action, from_status, to_status) values
  ('contract_review', 'create', null, 'draft'),
  ('contract_review', 'submit', 'draft', 'submitted'),
  ('contract_review', 'submit', 'draft', 'not_subject_to_review'),
  ('contract_review', 'approve', 'submitted', 'approved'),
  ('contract_review', 'approve', 'resubmitted', 'approved');

create function follow_transitions() returns trigger language plpgsql as $$
declare
  before text := case when tg_op = 'UPDATE' then old.status::text end;
begin
  if tg_op = 'UPDATE' and old.status = new.status then
    return new;
  end if;
  if not exists (select from status_transition t
                  where t.subject = tg_table_name and t.from_status is not distinct from before
                    and t.to_status = new.status::text) then
    perform refuse(tg_table_name || '_transition',
      format('%s cannot go from %s to %s', tg_table_name, coalesce(before, 'nothing'), new.status));
  end if;
  return new;
end $$;

-- The key of a submission, as `domain::key` spells it: MN-0005.
create function submission_key(state_code text, number integer) returns text language sql immutable parallel safe as $$
  select state_code || '-' || lpad(number::text, greatest(4, length(number::text)), '0')
$$;

create table contract_review (
  id uuid primary key,
  state_code text not null references state (code),
  number integer not null constraint contract_review_number_positive check (number > 0),
  kind submission_kind not null,
  name text not null constraint contract_review_name_not_blank check (not is_blank(name)),
  status contract_review_status not null default 'draft',
  version integer not null default 1,
  mccrs_number text constraint contract_review_mccrs_number_digits check (mccrs_number ~ '^[0-9]+$'),
  released_on date,
  effective_from date,
  -- The latest version that was sent; its package is the current one.
  sent_revision integer,
  first_submitted_at timestamptz,
  last_submitted_at timestamptz,
  last_activity_cms_at timestamptz,
  last_activity_state_at timestamptz not null,
  deleted_at timestamptz,
  constraint contract_review_number_unique unique (state_code, number),
  constraint contract_review_sent_unless_draft check (
    case when status = 'draft'
      then num_nonnulls(sent_revision, first_submitted_at, last_submitted_at, last_activity_cms_at) = 0
      else num_nonnulls(sent_revision, first_submitted_at, last_submitted_at, last_activity_cms_at) = 4 end),
  constraint contract_review_released_when_approved check ((status = 'approved') = (released_on is not null)),
  constraint contract_review_deleted_only_as_draft check (deleted_at is null or status = 'draft')
);

create function contract_review_identity() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.number > (select last_contract_number from state where code = new.state_code) then
      perform refuse('contract_review_number_taken', 'the number was not taken from the state''s counter');
    end if;
  elsif (new.id, new.state_code, new.number, new.kind) is distinct from (old.id, old.state_code, old.number, old.kind) then
    perform refuse('contract_review_identity_fixed', 'state, number and kind of a contract review never change');
  elsif old.deleted_at is not null then
    perform refuse('contract_review_deleted_stays_deleted', 'a deleted draft stays deleted');
  end if;
  return new;
end $$;
create trigger contract_review_identity before insert or update on contract_review
  for each row execute function contract_review_identity();
create trigger contract_review_transition before insert or update on contract_review
  for each row execute function follow_transitions();
-- Name, dates and what lists sort by follow the forms and the history.
create trigger contract_review_version
  before update of id, state_code, number, kind, status, version, mccrs_number, released_on, first_submitted_at, deleted_at
  on contract_review for each row execute function grow_version();
create trigger contract_review_never_removed before delete or truncate on contract_review
  for each statement execute function never_removed('contract_review_never_removed');

-- The programs that stand in the name.
create table contract_review_program (
  contract_review_id uuid not null references contract_review (id),
  program_id uuid not null references program (id),
  primary key (contract_review_id, program_id)
);
create index contract_review_program_program on contract_review_program (program_id);

create table contract_submission (
  id uuid primary key,
  contract_review_id uuid not null references contract_review (id),
  revision integer not null constraint contract_submission_revision_positive check (revision > 0),
  contract_data jsonb not null constraint contract_submission_data_is_object check (jsonb_typeof(contract_data) = 'object'),
  form_version integer not null constraint contract_submission_form_version_positive check (form_version > 0),
  version integer not null default 1,
  led_to contract_review_status,
  created_at timestamptz not null,
  created_by uuid not null references account (id),
  unlocked_at timestamptz,
  unlocked_by uuid references account (id),
  unlock_reason text constraint contract_submission_unlock_reason_not_blank check (not is_blank(unlock_reason)),
  submitted_at timestamptz,
  submitted_by uuid references account (id),
  submit_reason text constraint contract_submission_submit_reason_not_blank check (not is_blank(submit_reason)),
  discarded_at timestamptz,
  discarded_by uuid references account (id),
  discard_reason text constraint contract_submission_discard_reason_not_blank check (not is_blank(discard_reason)),
  constraint contract_submission_revision_unique unique (contract_review_id, revision),
  constraint contract_submission_unlock_whole check (num_nonnulls(unlocked_at, unlocked_by, unlock_reason) in (0, 3)),
  constraint contract_submission_submit_whole check (num_nonnulls(submitted_at, submitted_by, submit_reason, led_to) in (0, 4)),
  constraint contract_submission_discard_whole check (num_nonnulls(discarded_at, discarded_by, discard_reason) in (0, 3)),
  constraint contract_submission_sent_or_discarded check (submitted_at is null or discarded_at is null),
  constraint contract_submission_led_to check (led_to in ('submitted', 'resubmitted', 'not_subject_to_review'))
);
create unique index contract_submission_one_open_draft on contract_submission (contract_review_id)
  where submitted_at is null and discarded_at is null;
alter table contract_review add constraint contract_review_sent_revision
  foreign key (id, sent_revision) references contract_submission (contract_review_id, revision);

-- A version that was sent or discarded never changes again; none is born sent.
create function contract_submission_seal() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.submitted_at is not null or new.discarded_at is not null then
      perform refuse('contract_submission_begins_open', 'a version begins as an open draft');
    end if;
    return new;
  end if;
  if old.submitted_at is not null or old.discarded_at is not null then
    perform refuse('contract_submission_sealed', 'a sent or discarded version never changes');
  end if;
  if tg_op = 'UPDATE'
     and (new.id, new.contract_review_id, new.revision) is distinct from (old.id, old.contract_review_id, old.revision) then
    perform refuse('contract_submission_identity_fixed', 'a version stays with its review, under its number');
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger contract_submission_seal before insert or update or delete on contract_submission
  for each row execute function contract_submission_seal();
create trigger contract_submission_never_truncated before truncate on contract_submission
  for each statement execute function never_removed('contract_submission_sealed');
create trigger contract_submission_version before update on contract_submission
  for each row execute function grow_version();

-- A review has an open draft exactly while its status says that the state is writing.
create function contract_review_has_its_draft() returns trigger language plpgsql as $$
declare
  review uuid;
  writing boolean;
begin
  if tg_table_name = 'contract_review' then
    review := new.id;
  elsif tg_op = 'DELETE' then
    review := old.contract_review_id;
  else
    review := new.contract_review_id;
  end if;
  select status in ('draft', 'unlocked') and deleted_at is null into writing from contract_review where id = review;
  if writing <> exists (select from contract_submission
                         where contract_review_id = review and submitted_at is null and discarded_at is null) then
    perform refuse('contract_review_has_its_draft', 'an open draft exists exactly while the status is draft or unlocked');
  end if;
  return null;
end $$;
create constraint trigger contract_review_has_its_draft after insert or update of status, deleted_at on contract_review
  deferrable initially deferred for each row execute function contract_review_has_its_draft();
create constraint trigger contract_submission_fits_status after insert or delete or update of submitted_at, discarded_at on contract_submission
  deferrable initially deferred for each row execute function contract_review_has_its_draft();

-- One row per save of a draft; the state alone sees them, and they go when the draft is sent, discarded or deleted.
create table draft_save (
  id uuid primary key,
  contract_submission_id uuid not null references contract_submission (id) on delete cascade,
  version integer not null,
  saved_by uuid not null references account (id),
  saved_at timestamptz not null,
  -- [{"key": …, "old": …, "new": …}], one entry per field of the form.
  changes jsonb not null constraint draft_save_changes_is_list check (jsonb_typeof(changes) = 'array'),
  constraint draft_save_version_once unique (contract_submission_id, version)
);

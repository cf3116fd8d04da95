-- The work of one department on one subject: who does it, where it stands, what was decided.

create type department_review_status as enum ('not_started', 'in_review', 'awaiting_state', 'signed_off', 'objection');
create type department_decision as enum ('signed_off', 'objection');

insert into status_transition (subject, action, from_status, to_status) values
  ('department_review', 'make', null, 'not_started'),
  ('department_review', 'start', 'not_started', 'in_review'),
  ('department_review', 'sign_off', 'in_review', 'signed_off'),
  ('department_review', 'object', 'in_review', 'objection'),
  ('department_review', 'reopen', 'signed_off', 'in_review'),
  ('department_review', 'reopen', 'objection', 'in_review');

create table department_review (
  id uuid primary key,
  contract_review_id uuid not null references contract_review (id),
  department department not null,
  status department_review_status not null default 'not_started',
  status_since timestamptz not null,
  primary_reviewer_id uuid references account (id),
  secondary_reviewer_id uuid references account (id),
  -- The status that an unlock or a question met.
  status_before department_review_status,
  decision department_decision,
  decision_note text constraint department_review_decision_note_not_blank check (not is_blank(decision_note)),
  decided_revision integer,
  decided_by uuid references account (id),
  decided_at timestamptz,
  version integer not null default 1,
  constraint department_review_unique unique (contract_review_id, department),
  constraint department_review_contract_is_for_dmco check (department = 'DMCO'),
  constraint department_review_reviewers_differ check (primary_reviewer_id <> secondary_reviewer_id),
  constraint department_review_decision_whole check (num_nonnulls(decision, decided_revision, decided_by, decided_at) in (0, 4)),
  constraint department_review_decided check (status not in ('signed_off', 'objection') or decision::text is not distinct from status::text),
  constraint department_review_objection_has_note check (decision is distinct from 'objection' or decision_note is not null),
  constraint department_review_decided_revision
    foreign key (contract_review_id, decided_revision) references contract_submission (contract_review_id, revision)
);
create index department_review_primary on department_review (primary_reviewer_id) where primary_reviewer_id is not null;
create index department_review_secondary on department_review (secondary_reviewer_id) where secondary_reviewer_id is not null;

create trigger department_review_transition before insert or update on department_review
  for each row execute function follow_transitions();
create trigger department_review_version before update on department_review
  for each row execute function grow_version();
create trigger department_review_never_removed before delete or truncate on department_review
  for each statement execute function never_removed('department_review_never_removed');

-- Who is put on a review is active and of its department. The share lock holds off a deactivation until this commits.
create function department_review_people() returns trigger language plpgsql as $$
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
create trigger department_review_people before insert or update on department_review
  for each row execute function department_review_people();

-- The other side of the same rule: nobody leaves a department, or is deactivated, while on one of its reviews.
create function account_leaves_no_review() returns trigger language plpgsql as $$
begin
  if (not new.active or new.department is distinct from old.department)
     and exists (select from department_review where new.id in (primary_reviewer_id, secondary_reviewer_id)) then
    perform refuse('account_leaves_no_review', 'hand back or hand over the reviews first');
  end if;
  return new;
end $$;
create trigger account_leaves_no_review before update of active, department, role on account
  for each row execute function account_leaves_no_review();

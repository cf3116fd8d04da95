-- What the pages of work are read from: where each department review stands, an index per order, and counts that are kept;
-- and what a press of "Take next" took.

-- Who has to go on with a review: its department, which an unlocked package may hold up, the state, or nobody any more.
create type review_stage as enum ('turn', 'held', 'waiting', 'decided');

-- A department review with everything that the pages find, order and count it by. Of each row that it is made of, that row's
-- own trigger copies the columns, so that two transactions that change different ones can't undo each other's.
create table review_standing (
  review_id uuid primary key,
  department department not null,
  -- The contract or rate.
  subject_id uuid not null,
  is_rate boolean not null,
  state_code text not null,
  number integer not null,
  -- The contract review with which it is reviewed.
  package_id uuid not null,
  package_status contract_review_status not null,
  -- Of the subject: whether it is a rate that was withdrawn, its version, its first day.
  withdrawn boolean not null,
  sent_revision integer not null,
  starts_on date,
  first_sent_at timestamptz not null,
  -- Of the review.
  status department_review_status not null,
  status_since timestamptz not null,
  primary_reviewer_id uuid,
  secondary_reviewer_id uuid,
  decided_revision integer,
  decided_by uuid,
  decided_at timestamptz,
  -- The day of the decision, as US Eastern has it.
  decided_on date generated always as ((decided_at at time zone 'America/New_York')::date) stored,
  open boolean not null generated always as (package_status in ('submitted', 'resubmitted', 'unlocked') and not withdrawn) stored,
  -- A rate that moved to an unlocked package is held up: it is not itself unlocked.
  stage review_stage not null generated always as (
    case when withdrawn or package_status in ('approved', 'withdrawn', 'not_subject_to_review')
           or status in ('signed_off', 'objection') and decided_revision = sent_revision then 'decided'::review_stage
         when status = 'awaiting_state' then 'waiting'
         when package_status = 'unlocked' then 'held' else 'turn' end) stored,
  -- Who decided and is on it no more.
  decider_id uuid generated always as (
    case when decided_by is distinct from primary_reviewer_id and decided_by is distinct from secondary_reviewer_id
         then decided_by end) stored
);

-- The same, made of the rows as they are.
create view review_standing_made as
select d.id as review_id, d.department, coalesce(r.id, c.id) as subject_id, r.id is not null as is_rate, c.state_code,
       coalesce(r.number, c.number) as number, c.id as package_id, c.status as package_status,
       coalesce(r.status = 'withdrawn', false) as withdrawn,
       case when r.id is null then c.sent_revision else r.sent_revision end as sent_revision,
       case when r.id is null then c.effective_from else r.rating_from end as starts_on,
       coalesce(r.first_submitted_at, c.first_submitted_at) as first_sent_at,
       d.status, d.status_since, d.primary_reviewer_id, d.secondary_reviewer_id, d.decided_revision, d.decided_by, d.decided_at
  from department_review d
  left join rate_review r on r.id = d.rate_review_id
  join contract_review c on c.id = coalesce(r.parent_id, d.contract_review_id);

-- The orders of the pages, each read forward or backward: of all that is open, of what nobody has taken, of what was decided.
create index review_standing_open on review_standing (status_since, state_code, number, is_rate, department) where open;
create index review_standing_unassigned on review_standing (status_since, state_code, number, is_rate, department)
  where open and primary_reviewer_id is null;
create index review_standing_unassigned_of_department on review_standing
  (department, coalesce(starts_on, 'infinity'), status_since, state_code, number, is_rate) where open and primary_reviewer_id is null;
create index review_standing_decided on review_standing (coalesce(decided_at, '-infinity'), state_code, number, is_rate, department)
  where decided_at is not null;
-- Of what is somebody's, at each stage in its own order.
create index review_standing_turn_of_primary on review_standing
  (primary_reviewer_id, coalesce(starts_on, 'infinity'), status_since, state_code, number, is_rate, department) where stage = 'turn';
create index review_standing_turn_of_secondary on review_standing
  (secondary_reviewer_id, coalesce(starts_on, 'infinity'), status_since, state_code, number, is_rate, department) where stage = 'turn';
create index review_standing_days_of_primary on review_standing
  (primary_reviewer_id, stage, status_since, state_code, number, is_rate, department) where stage <> 'decided';
create index review_standing_days_of_secondary on review_standing
  (secondary_reviewer_id, stage, status_since, state_code, number, is_rate, department) where stage <> 'decided';
create index review_standing_decided_of_primary on review_standing
  (primary_reviewer_id, coalesce(decided_at, '-infinity'), state_code, number, is_rate, department) where stage = 'decided';
create index review_standing_decided_of_secondary on review_standing
  (secondary_reviewer_id, coalesce(decided_at, '-infinity'), state_code, number, is_rate, department) where stage = 'decided';
create index review_standing_decided_of_decider on review_standing
  (decider_id, coalesce(decided_at, '-infinity'), state_code, number, is_rate, department) where stage = 'decided';
create index review_standing_subject on review_standing (subject_id, department);
create index review_standing_package on review_standing (package_id);
create index review_standing_primary on review_standing (primary_reviewer_id) where not withdrawn;
create index review_standing_secondary on review_standing (secondary_reviewer_id) where not withdrawn;
create index review_standing_awaiting on review_standing (package_id) where status = 'awaiting_state' and not withdrawn;
-- Contracts on whose current version DMCO has signed off, which may be ready to be approved.
create index review_standing_agreed on review_standing (package_id)
  where not is_rate and status = 'signed_off' and decided_revision = sent_revision and package_status in ('submitted', 'resubmitted');

-- What somebody is on a review. 'secondary_alone': it has no primary reviewer; 'decider': decided it and is on it no more;
-- 'nobody': nobody is on it.
create type review_part as enum ('primary', 'secondary', 'secondary_alone', 'decider', 'nobody');
create function review_parts(of_primary uuid, of_secondary uuid, of_decider uuid)
  returns table (account_id uuid, part review_part) language sql immutable parallel safe as $$
  select account_id, part
    from (values (of_primary, 'primary'::review_part, of_primary is not null),
                 (of_secondary, (case when of_primary is null then 'secondary_alone' else 'secondary' end)::review_part, of_secondary is not null),
                 (of_decider, 'decider', of_decider is not null),
                 (null, 'nobody', num_nonnulls(of_primary, of_secondary) = 0)) part (account_id, part, holds)
   where holds
$$;

-- How many reviews somebody is what on, and where those stand. Each transaction counts in a part of its own, see `tally_part`.
create table review_tally (
  department department not null,
  account_id uuid,
  part review_part not null,
  stage review_stage not null,
  open boolean not null,
  counted_in integer not null,
  reviews bigint not null,
  constraint review_tally_once unique nulls not distinct (department, account_id, part, stage, open, counted_in)
);
create view review_tally_made as
  select department, p.account_id, p.part, stage, open, count(*) as reviews
    from review_standing cross join lateral review_parts(primary_reviewer_id, secondary_reviewer_id, decider_id) p
   group by department, p.account_id, p.part, stage, open;

-- How many reviews were decided last by somebody on a day, as US Eastern has it.
create table decision_tally (
  decided_on date not null,
  department department not null,
  decided_by uuid not null,
  counted_in integer not null,
  reviews bigint not null,
  constraint decision_tally_once primary key (decided_on, department, decided_by, counted_in)
);
create view decision_tally_made as
  select decided_on, department, decided_by, count(*) as reviews
    from review_standing where decided_on is not null group by decided_on, department, decided_by;

create function review_tally() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into review_tally as tally (department, account_id, part, stage, open, counted_in, reviews)
      select department, p.account_id, p.part, stage, open, tally_part(), count(*)
        from now_rows cross join lateral review_parts(primary_reviewer_id, secondary_reviewer_id, decider_id) p
       group by department, p.account_id, p.part, stage, open
      on conflict on constraint review_tally_once do update set reviews = tally.reviews + excluded.reviews;
    insert into decision_tally as tally (decided_on, department, decided_by, counted_in, reviews)
      select decided_on, department, decided_by, tally_part(), count(*)
        from now_rows where decided_on is not null group by decided_on, department, decided_by
      on conflict on constraint decision_tally_once do update set reviews = tally.reviews + excluded.reviews;
  else
    insert into review_tally as tally (department, account_id, part, stage, open, counted_in, reviews)
      select department, p.account_id, p.part, stage, open, tally_part(), sum(change)
        from (select 1 as change, * from now_rows union all select -1, * from then_rows) changed
       cross join lateral review_parts(primary_reviewer_id, secondary_reviewer_id, decider_id) p
       group by department, p.account_id, p.part, stage, open having sum(change) <> 0
      on conflict on constraint review_tally_once do update set reviews = tally.reviews + excluded.reviews;
    insert into decision_tally as tally (decided_on, department, decided_by, counted_in, reviews)
      select decided_on, department, decided_by, tally_part(), sum(change)
        from (select 1 as change, * from now_rows union all select -1, * from then_rows) changed
       where decided_on is not null group by decided_on, department, decided_by having sum(change) <> 0
      on conflict on constraint decision_tally_once do update set reviews = tally.reviews + excluded.reviews;
  end if;
  return null;
end $$;
create trigger review_standing_tally_insert after insert on review_standing
  referencing new table as now_rows for each statement execute function review_tally();
create trigger review_standing_tally_update after update on review_standing
  referencing old table as then_rows new table as now_rows for each statement execute function review_tally();

-- Of a new review all is copied; its contract and rate are held meanwhile.
create function department_review_begins_to_stand() returns trigger language plpgsql set enable_seqscan = off as $$
declare
  ids uuid[] := array(select id from now_rows);
begin
  perform from contract_review where id in (select package_id from review_standing_made where review_id = any(ids)) order by id for share;
  perform from rate_review where id in (select rate_review_id from now_rows) order by id for share;
  insert into review_standing select * from review_standing_made where review_id = any(ids);
  return null;
end $$;
create trigger department_review_begins_to_stand after insert on department_review
  referencing new table as now_rows for each statement execute function department_review_begins_to_stand();
create function department_review_stands() returns trigger language plpgsql set enable_seqscan = off as $$
begin
  update review_standing s
     set (status, status_since, primary_reviewer_id, secondary_reviewer_id, decided_revision, decided_by, decided_at) =
         (n.status, n.status_since, n.primary_reviewer_id, n.secondary_reviewer_id, n.decided_revision, n.decided_by, n.decided_at)
    from now_rows n where n.id = s.review_id and s.review_id = any(array(select id from now_rows));
  return null;
end $$;
create trigger department_review_stands after update on department_review
  referencing new table as now_rows for each statement execute function department_review_stands();

create function contract_review_stands() returns trigger language plpgsql as $$
begin
  update review_standing set package_status = new.status where package_id = new.id and is_rate;
  update review_standing
     set (package_status, sent_revision, starts_on, first_sent_at) = (new.status, new.sent_revision, new.effective_from, new.first_submitted_at)
   where subject_id = new.id;
  return null;
end $$;
create trigger contract_review_stands after update on contract_review
  for each row when ((old.status, old.sent_revision, old.effective_from, old.first_submitted_at)
    is distinct from (new.status, new.sent_revision, new.effective_from, new.first_submitted_at))
  execute function contract_review_stands();

create function rate_review_stands() returns trigger language plpgsql as $$
begin
  update review_standing
     set (withdrawn, sent_revision, starts_on, first_sent_at) =
         (new.status = 'withdrawn', new.sent_revision, new.rating_from, new.first_submitted_at)
   where subject_id = new.id;
  if new.parent_id <> old.parent_id then
    perform from contract_review where id = new.parent_id for share;
    update review_standing set (package_id, package_status) = (select id, status from contract_review where id = new.parent_id)
     where subject_id = new.id;
  end if;
  return null;
end $$;
create trigger rate_review_stands after update on rate_review
  for each row when ((old.status = 'withdrawn', old.sent_revision, old.rating_from, old.first_submitted_at, old.parent_id)
    is distinct from (new.status = 'withdrawn', new.sent_revision, new.rating_from, new.first_submitted_at, new.parent_id))
  execute function rate_review_stands();

-- On whose page the work of a department stands, from the same rows.
create index review_standing_of_department on review_standing (department, package_id) include (status) where not withdrawn;
create or replace view department_review_page (page_id, id, department, status, primary_reviewer_id, secondary_reviewer_id) as
  select package_id, review_id, department, status, primary_reviewer_id, secondary_reviewer_id
    from review_standing where not withdrawn;

-- What is there already.
insert into review_standing select * from review_standing_made;

create index department_review_unassigned on department_review (department) where primary_reviewer_id is null;
create index event_of_press on event ((details ->> 'press')) where details ? 'press';

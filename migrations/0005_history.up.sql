-- What happened, append-only, each entry chained by hash to the one before it on the same subject.

create type event_subject as enum ('contract_review', 'rate_review', 'account', 'state', 'program', 'setting');
create type event_audience as enum ('both', 'cms', 'state');

-- What can happen, who may read it, and whether it must say why.
create table event_kind (
  kind text primary key,
  audience event_audience not null,
  needs_reason boolean not null default false,
  constraint event_kind_has_one_audience unique (kind, audience)
);
insert into event_kind (kind, audience, needs_reason) values
  ('created', 'state', false),
  ('draft_deleted', 'state', false),
  ('submitted', 'both', false),
  ('approved', 'both', false),
  ('review_made', 'cms', false),
  ('review_started', 'cms', false),
  ('review_signed_off', 'cms', false),
  ('review_objected', 'cms', true),
  ('review_reopened', 'cms', true),
  ('reviewers_changed', 'cms', false),
  ('account_added', 'cms', false),
  ('account_changed', 'cms', false),
  ('account_deactivated', 'cms', false);

create table event (
  id uuid primary key,
  -- Its place among all entries, given by the trigger below once its subject's head is locked: the order of the
  -- numbers is the order of the chain.
  seq bigint not null constraint event_seq_unique unique,
  at timestamptz not null,
  -- Who did it, as they were then; nobody means the product itself or its command line.
  actor_id uuid references account (id),
  actor_name text not null constraint event_actor_name_not_blank check (not is_blank(actor_name)),
  actor_role account_role,
  actor_department department,
  actor_state text references state (code),
  subject event_subject not null,
  subject_id uuid not null,
  kind text not null,
  audience event_audience not null,
  -- The row that changed, with its status and version before and after.
  row_table text not null,
  row_id uuid not null,
  status_before text,
  status_after text,
  version_before integer,
  version_after integer not null,
  reason text constraint event_reason_not_blank check (not is_blank(reason)),
  details jsonb not null default '{}' constraint event_details_is_object check (jsonb_typeof(details) = 'object'),
  previous_sha256 text not null,
  sha256 text not null,
  constraint event_audience_of_kind foreign key (kind, audience) references event_kind (kind, audience),
  constraint event_versions_are_neighbours check (version_after = coalesce(version_before, 0) + 1),
  constraint event_row_version_once unique (row_id, version_after)
);
create index event_of_subject on event (subject_id, seq);
create sequence event_seq owned by event.seq;

-- The newest hash and the number of entries of each subject, so that a cut-off end is found too.
create table event_head (
  subject event_subject not null,
  subject_id uuid not null,
  entries bigint not null,
  sha256 text not null,
  primary key (subject, subject_id)
);

-- The hash of an entry: SHA-256 over the hash before it and every column, in a form that does not depend on settings.
create function event_sha256(e event) returns text language sql stable as $$
  select encode(sha256(convert_to(
    (to_jsonb(e) - 'sha256' - 'at' || jsonb_build_object('at', extract(epoch from e.at)::text))::text, 'UTF8')), 'hex')
$$;

create function event_chain() returns trigger language plpgsql as $$
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
create trigger event_chain before insert on event for each row execute function event_chain();

-- Lists sort by the last thing that happened as far as the reader's side may see.
create function event_moves_activity() returns trigger language plpgsql as $$
begin
  update contract_review
     set last_activity_cms_at = case when status <> 'draft' and new.audience in ('both', 'cms')
           then greatest(last_activity_cms_at, new.at) else last_activity_cms_at end,
         last_activity_state_at = case when new.audience in ('both', 'state')
           then greatest(last_activity_state_at, new.at) else last_activity_state_at end
   where id = new.subject_id and deleted_at is null;
  return null;
end $$;
create trigger event_moves_activity after insert on event for each row
  when (new.subject = 'contract_review') execute function event_moves_activity();

create function append_only() returns trigger language plpgsql as $$
begin
  perform refuse(tg_table_name || '_append_only', format('%s is append-only', tg_table_name));
  return null;
end $$;
create trigger event_append_only before update or delete or truncate on event
  for each statement execute function append_only();

-- The head moves only with the event that moves it.
create function event_head_follows() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() < 2 then
    perform refuse('event_head_follows', 'the head of a history moves only with its events');
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger event_head_follows before insert or update or delete on event_head
  for each row execute function event_head_follows();
create trigger event_head_never_truncated before truncate on event_head
  for each statement execute function append_only();

-- Every change of status, and every beginning, has exactly one event in the same transaction. The unique row
-- version sees to "at most one"; this sees to "at least one".
create function status_change_is_told() returns trigger language plpgsql as $$
declare
  before text := case when tg_op = 'UPDATE' then old.status::text end;
begin
  if tg_op = 'UPDATE' and old.status = new.status then
    return null;
  end if;
  if not exists (select from event where row_id = new.id and version_after = new.version
                   and status_before is not distinct from before and status_after = new.status::text) then
    perform refuse(tg_table_name || '_change_is_told', format('a change of %s.status writes its event', tg_table_name));
  end if;
  return null;
end $$;
create constraint trigger contract_review_change_is_told after insert or update of status on contract_review
  deferrable initially deferred for each row execute function status_change_is_told();
create constraint trigger department_review_change_is_told after insert or update of status on department_review
  deferrable initially deferred for each row execute function status_change_is_told();

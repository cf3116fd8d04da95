-- Programs have a version and a history, stay in their state, and keep the short name that something sent was named by.

insert into event_kind (kind, audience, needs_reason) values
  ('program_added', 'cms', false),
  ('program_changed', 'cms', false),
  ('program_retired', 'cms', false);

-- A list that is loaded as a whole may swap names and name a replacement before it comes: these two can wait until its end.
alter table program
  add column version integer not null default 1,
  add constraint program_state_of unique (id, state_code),
  drop constraint program_replaced_by_fkey,
  add constraint program_replacement_of_same_state
    foreign key (replaced_by, state_code) references program (id, state_code) deferrable,
  add constraint program_replaced_by_another check (replaced_by <> id),
  drop constraint program_name_unique,
  add constraint program_name_unique exclude using btree (state_code with =, comparison_key(name) with =) deferrable;

create trigger program_version before update on program for each row execute function grow_version();

-- Whether a version that was sent, of a contract or of a rate, names the program.
create function program_is_sent(of_program uuid) returns boolean language plpgsql stable as $$
begin
  return exists (select from contract_submission
                  where submitted_at is not null and contract_data -> 'program_ids' ? of_program::text)
      or exists (select from rate_submission
                  where submitted_at is not null and rate_data -> 'rate_program_ids' ? of_program::text);
end $$;

create function program_identity() returns trigger language plpgsql as $$
begin
  if (new.id, new.state_code) is distinct from (old.id, old.state_code) then
    perform refuse('program_identity_fixed', 'a program stays in its state, under its key');
  elsif new.name <> old.name and program_is_sent(old.id) then
    perform refuse('program_name_fixed', 'a sent version is named by this short name');
  end if;
  return new;
end $$;
create trigger program_identity before update on program for each row execute function program_identity();

-- Programs have a history as well.
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

-- The history of a program that is there already begins here.
insert into event (id, at, actor_name, subject, subject_id, kind, audience, row_table, row_id, version_after, details,
                   previous_sha256, sha256)
  select gen_random_uuid(), now(), 'MC-Review', 'program', id, 'program_added', 'cms', 'program', id, version,
         jsonb_build_object('state', state_code, 'name', name, 'full_name', full_name, 'rate_only', rate_only,
                            'retired_on', retired_on, 'replaced_by', replaced_by), '', ''
    from program order by state_code, name;

-- The history of programs goes.
alter table event disable trigger user;
alter table event_head disable trigger user;
delete from event where subject = 'program';
delete from event_head where subject = 'program';
alter table event enable trigger user;
alter table event_head enable trigger user;

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

drop trigger program_identity on program;
drop trigger program_version on program;
drop function program_identity, program_is_sent;
alter table program
  drop constraint program_name_unique,
  add constraint program_name_unique exclude using btree (state_code with =, comparison_key(name) with =),
  drop constraint program_replaced_by_another,
  drop constraint program_replacement_of_same_state,
  add constraint program_replaced_by_fkey foreign key (replaced_by) references program (id),
  drop constraint program_state_of,
  drop column version;
delete from event_kind where kind in ('program_added', 'program_changed', 'program_retired');

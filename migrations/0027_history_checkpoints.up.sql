-- What the history held at a moment, signed with a key that the database does not know. The file store has each of these
-- as well, with the hash of every entry that it covers.
create table history_checkpoint (
  number bigint primary key,
  made_at timestamptz not null,
  -- It covers the entries behind this place of their order, up to and including that one.
  after_seq bigint not null,
  through_seq bigint not null,
  entries bigint not null constraint history_checkpoint_covers_entries check (entries > 0),
  entries_sha256 text not null,
  -- Over all of it and the checkpoint before.
  previous_sha256 text not null,
  sha256 text not null,
  signature text not null,
  constraint history_checkpoint_goes_on check (after_seq < through_seq)
);

-- Checkpoints are counted without gaps and each begins where the one before ends, so that none can be left out.
create function history_checkpoint_follows() returns trigger language plpgsql as $$
declare
  last history_checkpoint;
begin
  select * into last from history_checkpoint order by number desc limit 1;
  if (new.number, new.after_seq, new.previous_sha256)
     is distinct from (coalesce(last.number, 0) + 1, coalesce(last.through_seq, 0), coalesce(last.sha256, repeat('0', 64))) then
    perform refuse('history_checkpoint_follows', 'a checkpoint goes on where the one before ends');
  end if;
  return new;
end $$;
create trigger history_checkpoint_follows before insert on history_checkpoint
  for each row execute function history_checkpoint_follows();
create trigger history_checkpoint_append_only before update or delete or truncate on history_checkpoint
  for each statement execute function append_only();

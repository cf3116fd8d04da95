-- What happens is heard at once by every process that listens, and people of CMS see who else has a page open.

-- Only the number is told: whoever hears of it reads the entry, and who may know of it, from the table.
create function event_is_heard() returns trigger language plpgsql as $$
begin
  perform pg_notify('event', new.seq::text);
  return null;
end $$;
create trigger event_is_heard after insert on event for each row execute function event_is_heard();

-- Who has which page open now. Open pages say so again and again, so nothing is lost when the rows are.
create unlogged table presence (
  -- The contract review's or rate review's row.
  subject_id uuid not null,
  account_id uuid not null references account (id),
  seen_at timestamptz not null,
  primary key (subject_id, account_id)
);
create index presence_seen on presence (seen_at);

create function presence_is_of_cms() returns trigger language plpgsql as $$
begin
  if not exists (select from account where id = new.account_id and active and role <> 'state_user') then
    perform refuse('presence_of_cms', 'of people of CMS alone is kept what they have open');
  end if;
  if not exists (select from contract_review where id = new.subject_id and sent_revision is not null)
     and not exists (select from rate_review where id = new.subject_id and sent_revision is not null) then
    perform refuse('presence_on_what_was_sent', 'CMS has open what was sent');
  end if;
  return new;
end $$;
create trigger presence_is_of_cms before insert or update of subject_id, account_id on presence
  for each row execute function presence_is_of_cms();

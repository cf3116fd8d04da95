-- Remarks inside CMS on what a state has sent, never changed, and who was named in them; and what stands in whose history.

insert into event_kind (kind, audience, needs_reason) values ('note_added', 'cms', false);

create table note (
  id uuid primary key,
  contract_review_id uuid references contract_review (id),
  rate_review_id uuid references rate_review (id),
  text text not null constraint note_text_fits check (not is_blank(text) and char_length(text) <= 10000),
  written_at timestamptz not null,
  written_by uuid not null references account (id),
  constraint note_has_one_subject check (num_nonnulls(contract_review_id, rate_review_id) = 1)
);
create index note_of_contract on note (contract_review_id, id) where contract_review_id is not null;
create index note_of_rate on note (rate_review_id, id) where rate_review_id is not null;

create trigger note_append_only before update or delete or truncate on note
  for each statement execute function append_only();

-- CMS knows only what was sent; of CMS those write who work on it.
create function note_is_of_cms() returns trigger language plpgsql as $$
begin
  if not exists (select from contract_review where id = new.contract_review_id and sent_revision is not null)
     and not exists (select from rate_review where id = new.rate_review_id and sent_revision is not null) then
    perform refuse('note_on_what_was_sent', 'a note is about something that was sent');
  end if;
  if not exists (select from account where id = new.written_by and active and role in ('cms_reviewer', 'cms_approver', 'admin')) then
    perform refuse('note_written_by_cms', 'reviewers, approvers and administrators write notes');
  end if;
  return new;
end $$;
create trigger note_is_of_cms before insert on note for each row execute function note_is_of_cms();

create function note_is_told() returns trigger language plpgsql as $$
begin
  if not exists (select from event where row_id = new.id and row_table = 'note') then
    perform refuse('note_is_told', 'a note has its entry in the history');
  end if;
  return null;
end $$;
create constraint trigger note_is_told after insert on note
  deferrable initially deferred for each row execute function note_is_told();

-- The entry tells that there is a note, and nothing that stands in it.
create function event_fits_note(e event) returns boolean language sql stable as $$
  select e.kind = 'note_added' and e.version_after = 1 and e.reason is null
     and num_nonnulls(e.status_before, e.status_after) = 0
     and exists (select from note
       where id = e.row_id
         and (e.subject = 'contract_review' and e.subject_id = contract_review_id
              or e.subject = 'rate_review' and e.subject_id = rate_review_id))
$$;

-- On which page a note stands: that of its subject, and of a rate also that of its parent and of each submission whose
-- current package holds the rate.
create view note_page (page_id, note_id) as
  select contract_review_id, id from note where contract_review_id is not null
  union
  select rate_review_id, id from note where rate_review_id is not null
  union
  select r.parent_id, n.id from note n join rate_review r on r.id = n.rate_review_id
  union
  select c.id, n.id
    from contract_review c
    join contract_submission v on v.contract_review_id = c.id and v.revision = c.sent_revision
    join package_rate p on p.contract_submission_id = v.id
    join note n on n.rate_review_id = p.rate_review_id;

-- Who was named in a note, and when they first opened it.
create table mention (
  note_id uuid not null references note (id),
  account_id uuid not null references account (id),
  opened_at timestamptz,
  primary key (note_id, account_id)
);
create index mention_not_opened on mention (account_id) where opened_at is null;

-- The share lock holds off a deactivation until this commits.
create function mention_of_cms_people() returns trigger language plpgsql as $$
begin
  perform from account where id = new.account_id and active and role <> 'state_user' for share;
  if not found or new.opened_at is not null then
    perform refuse('mention_of_cms_people', 'people of CMS who are active are named, and open the note afterwards');
  end if;
  return new;
end $$;
create trigger mention_of_cms_people before insert on mention for each row execute function mention_of_cms_people();

create function mention_opened_once() returns trigger language plpgsql as $$
begin
  if (new.note_id, new.account_id) is distinct from (old.note_id, old.account_id) or old.opened_at is not null then
    perform refuse('mention_opened_once', 'a mention changes once, when the note is opened');
  end if;
  return new;
end $$;
create trigger mention_opened_once before update on mention for each row execute function mention_opened_once();
create trigger mention_never_removed before delete or truncate on mention
  for each statement execute function never_removed('mention_never_removed');

-- What stands in the history of a submission or rate: its own entries; of a submission's own rates, their department
-- reviews; of every rate in a package that it sent, from then on, what became of the rate and which versions of it
-- others sent.
create function history_story(of_page uuid)
  returns table (subject_id uuid, own boolean, since timestamptz, sent_here jsonb) language sql stable as $$
  select of_page, null::boolean, null::timestamptz, null::jsonb
  union all
  select r.id, r.parent_id = of_page, held.since,
         to_jsonb(array(select s.revision from rate_submission s join contract_submission v on v.id = s.contract_submission_id
                         where s.rate_review_id = r.id and v.contract_review_id = of_page))
    from (select id from rate_review where parent_id = of_page
          union
          select p.rate_review_id from contract_submission v join package_rate p on p.contract_submission_id = v.id
           where v.contract_review_id = of_page and v.submitted_at is not null) rate
    join rate_review r using (id)
    left join lateral (
      select min(v.submitted_at) as since from contract_submission v join package_rate p on p.contract_submission_id = v.id
       where v.contract_review_id = of_page and v.submitted_at is not null and p.rate_review_id = r.id) held on true
$$;
create function history_holds(e event, of_page uuid, own boolean, since timestamptz, sent_here jsonb) returns boolean
  language sql immutable as $$
  select e.subject_id = of_page
      or own and e.row_table = 'department_review'
      or e.at >= since and (e.kind in ('rate_withdrawn', 'rate_brought_back', 'rate_moved')
                            or e.kind = 'resubmitted' and not sent_here @> (e.details -> 'revision'))
$$;
-- Who did it, as a filter may name them: to a state people of CMS without a department have no names, nor has who closed
-- a round, which a decision does too.
create function history_actor(e event, for_state boolean) returns text language sql immutable as $$
  select case when e.actor_role is null then 'product'
              when for_state and e.kind = 'round_closed' then 'cms'
              when for_state and e.actor_state is null and e.actor_department is null
                then case e.actor_role when 'admin' then 'administrator' else 'cms' end
              else e.actor_id::text end
$$;

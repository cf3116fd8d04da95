-- What the lists need to be as fast with 100,000 submissions as with 1,000: an index per order, and counts that are kept.

-- A list is read in lanes, one per status, or per state and status, and merged. Each lane lies in the order asked for
-- in one of these, read forward or backward. They hold all that a lane reads, so that the table is not touched.
create index contract_review_by_key on contract_review
  (status, state_code, number) where deleted_at is null;
create index contract_review_by_first_sent on contract_review
  (status, first_submitted_at, state_code, number) where deleted_at is null;
create index contract_review_by_cms_activity on contract_review
  (status, last_activity_cms_at, state_code, number) where deleted_at is null;
create index contract_review_by_effective_from on contract_review
  (status, effective_from, state_code, number) where deleted_at is null;
create index contract_review_of_state_by_key on contract_review
  (state_code, status, number) where deleted_at is null;
create index contract_review_of_state_by_first_sent on contract_review
  (state_code, status, first_submitted_at, number) where deleted_at is null;
create index contract_review_of_state_by_cms_activity on contract_review
  (state_code, status, last_activity_cms_at, number) where deleted_at is null;
create index contract_review_of_state_by_state_activity on contract_review
  (state_code, status, last_activity_state_at, number) where deleted_at is null;
create index contract_review_of_state_by_effective_from on contract_review
  (state_code, status, effective_from, number) where deleted_at is null;

-- How many reviews a state has in each status, deleted drafts aside. Spread over a few rows per pair, so that
-- transactions that change the status of different reviews rarely wait for each other.
create table contract_review_tally (
  state_code text not null references state (code),
  status contract_review_status not null,
  part integer not null,
  reviews bigint not null,
  primary key (status, state_code, part)
);

create function contract_review_tally() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into contract_review_tally as tally (state_code, status, part, reviews)
      select state_code, status, pg_backend_pid() % 8, count(*) from now_rows where deleted_at is null
       group by state_code, status order by state_code, status
      on conflict (status, state_code, part) do update set reviews = tally.reviews + excluded.reviews;
  else
    insert into contract_review_tally as tally (state_code, status, part, reviews)
      select state_code, status, pg_backend_pid() % 8, sum(change)
        from (select state_code, status, 1 as change from now_rows where deleted_at is null
              union all
              select state_code, status, -1 from then_rows where deleted_at is null) changed
       group by state_code, status having sum(change) <> 0 order by state_code, status
      on conflict (status, state_code, part) do update set reviews = tally.reviews + excluded.reviews;
  end if;
  return null;
end $$;
create trigger contract_review_tally_insert after insert on contract_review
  referencing new table as now_rows for each statement execute function contract_review_tally();
create trigger contract_review_tally_update after update on contract_review
  referencing old table as then_rows new table as now_rows for each statement execute function contract_review_tally();

insert into contract_review_tally (state_code, status, part, reviews)
  select state_code, status, 0, count(*) from contract_review where deleted_at is null group by state_code, status;

-- What lists are filtered by beside status and state, in columns that follow the answers by themselves; the orders of the
-- columns that can be chosen; and the columns that a person chose.

alter table contract_submission
  add column submission_type text generated always as (contract_data ->> 'submission_type') stored,
  add column contract_action text generated always as (contract_data ->> 'contract_type') stored,
  add column population_covered text generated always as (contract_data ->> 'population_covered') stored,
  add column dsnp_contract text generated always as (contract_data ->> 'dsnp_contract') stored,
  add column contract_execution_status text generated always as (contract_data ->> 'contract_execution_status') stored;
alter table rate_submission
  add column rate_type text generated always as (rate_data ->> 'rate_type') stored,
  add column rate_capitation_type text generated always as (rate_data ->> 'rate_capitation_type') stored;
-- All that a filter over every submission reads, so that the forms themselves are not.
create index contract_submission_answers on contract_submission (contract_review_id, revision)
  include (submission_type, contract_action, population_covered, dsnp_contract, submitted_at, discarded_at);
create index rate_submission_answers on rate_submission (rate_review_id, revision) include (rate_type);

-- The answers of a version as they count: corrected where they were.
create view contract_answers as
select v.id, v.contract_review_id, v.revision, v.submission_type, v.population_covered, v.dsnp_contract,
       v.contract_execution_status, coalesce(c.contract_action, v.contract_action) as contract_action
  from contract_submission v
  left join (select distinct on (contract_review_id, revision) contract_review_id, revision, contract_action
               from correction_in_force where what = 'contract_action'
              order by contract_review_id, revision, seq desc) c
    on (c.contract_review_id, c.revision) = (v.contract_review_id, v.revision);

create index contract_review_by_last_sent on contract_review
  (status, last_submitted_at, state_code, number) where deleted_at is null;
create index contract_review_of_state_by_last_sent on contract_review
  (state_code, status, last_submitted_at, number) where deleted_at is null;
create index rate_review_by_certified on rate_review (status, certified_on, state_code, number) where deleted_at is null;
create index rate_review_by_amendment_from on rate_review (status, amendment_from, state_code, number) where deleted_at is null;
create index rate_review_of_state_by_certified on rate_review (state_code, status, certified_on, number) where deleted_at is null;
create index rate_review_of_state_by_amendment_from on rate_review (state_code, status, amendment_from, number) where deleted_at is null;

create table list_columns (
  account_id uuid not null references account (id),
  list text not null constraint list_columns_list check (list in ('submissions', 'rates')),
  columns text[] not null constraint list_columns_some check (cardinality(columns) > 0),
  primary key (account_id, list)
);

-- Every row that histories tell of, as it stands now: its newest entry must say the same.
create view told_row (subject, subject_id, row_id, version, status) as
  select 'contract_review'::event_subject, id, id, version, status::text from contract_review
  union all
  select 'rate_review', id, id, version, status::text from rate_review
  union all
  select 'contract_review', contract_review_id, id, version, status::text from department_review where contract_review_id is not null
  union all
  select 'rate_review', rate_review_id, id, version, status::text from department_review where rate_review_id is not null
  union all
  select 'contract_review', contract_review_id, id, version, status::text from question where contract_review_id is not null
  union all
  select 'rate_review', rate_review_id, id, version, status::text from question where rate_review_id is not null
  union all
  select 'contract_review', contract_review_id, id, 1, null from note where contract_review_id is not null
  union all
  select 'rate_review', rate_review_id, id, 1, null from note where rate_review_id is not null
  union all
  select 'account', id, id, version, null from account
  union all
  select 'account', account_id, id, 1, null from export
  union all
  select 'program', id, id, version, null from program;

drop table list_columns;
drop index rate_review_of_state_by_amendment_from, rate_review_of_state_by_certified, rate_review_by_amendment_from,
  rate_review_by_certified, contract_review_of_state_by_last_sent, contract_review_by_last_sent;
drop view contract_answers;
drop index rate_submission_answers, contract_submission_answers;
alter table rate_submission drop column rate_type, drop column rate_capitation_type;
alter table contract_submission drop column submission_type, drop column contract_action, drop column population_covered,
  drop column dsnp_contract, drop column contract_execution_status;

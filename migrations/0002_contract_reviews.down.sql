drop table draft_save;
alter table contract_review drop constraint contract_review_sent_revision;
drop table contract_submission, contract_review_program, contract_review, status_transition;
drop function submission_key, contract_review_has_its_draft, contract_submission_seal, contract_review_identity, follow_transitions;
drop type contract_review_status, submission_kind;
